using RespKv.Engine.Commands;
using RespKv.Engine.Commands.Introspection;

namespace RespKv.Engine.Security;

/// <summary>A command as rules speak of it.</summary>
/// <param name="Name">In full, lower case: <c>config|get</c>.</param>
/// <param name="Id">Its bit in <see cref="AclCommandSet"/>.</param>
/// <param name="Categories">Bits in the order of <see cref="AclCategories.All"/>.</param>
/// <param name="IsSubcommand">It belongs to a container.</param>
internal sealed record AclCommand(string Name, int Id, uint Categories, bool IsSubcommand)
{
    /// <summary>Ascending by name; empty when it is no container.</summary>
    public List<AclCommand> Subcommands { get; } = [];
}

/// <summary>
/// The commands and categories that rules can name: the declared ones by their declared names, whatever rename-command made of them, and those of
/// Redis that do not exist here. Never changes.
/// </summary>
internal sealed class AclCatalog
{
    private readonly Dictionary<string, AclCommand> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives every command of the table its <see cref="CommandEntry.AclId"/>.</summary>
    public AclCatalog(CommandTable table)
    {
        int nextId = 0;
        foreach (CommandEntry entry in table.AllWithSubcommands())
        {
            entry.AclId = nextId;
            Add(entry.Name, nextId++, AclCategories.Of(entry));
        }

        foreach ((string name, string[] categories) in RedisCommandCategories.All())
        {
            if (!_byName.ContainsKey(name))
            {
                Add(name, nextId++, categories);
            }
        }

        if (nextId > AclCommandSet.FutureId)
        {
            throw new InvalidOperationException($"{nextId} commands are more than an AclCommandSet holds");
        }

        Gather();
        Counted = [.. AclCategories.All.Select((_, i) => MaskOf(i, withSubcommands: false))];
        Applied = [.. AclCategories.All.Select((_, i) => MaskOf(i, withSubcommands: true))];
    }

    /// <summary>Without subcommands, ascending by name.</summary>
    public List<AclCommand> Commands { get; } = [];

    /// <summary>By category: the commands that have it.</summary>
    public IReadOnlyList<AclCommandSet> Counted { get; }

    /// <summary>By category: what a rule changes that names it, which is all subcommands of a container that has it too.</summary>
    public IReadOnlyList<AclCommandSet> Applied { get; }

    /// <summary>A command, a container or a subcommand in full, in any case; null: Redis does not know it either.</summary>
    public AclCommand? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>-1: unknown.</summary>
    public static int FindCategory(string name)
    {
        for (int i = 0; i < AclCategories.All.Count; i++)
        {
            if (string.Equals(AclCategories.All[i], name, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private void Add(string name, int id, IReadOnlyList<string> categories)
    {
        uint mask = 0;
        foreach (string category in categories)
        {
            mask |= 1u << FindCategory(category);
        }

        _byName.Add(name, new AclCommand(name, id, mask, name.Contains('|')));
    }

    private void Gather()
    {
        foreach (AclCommand command in _byName.Values.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            List<AclCommand> list = command.IsSubcommand ? _byName[command.Name[..command.Name.IndexOf('|')]].Subcommands : Commands;
            list.Add(command);
        }
    }

    private AclCommandSet MaskOf(int category, bool withSubcommands)
    {
        var mask = new AclCommandSet();
        foreach (AclCommand command in _byName.Values)
        {
            if ((command.Categories & (1u << category)) != 0)
            {
                mask.Set(command.Id, true);
                foreach (AclCommand subcommand in withSubcommands ? command.Subcommands : [])
                {
                    mask.Set(subcommand.Id, true);
                }
            }
        }

        return mask;
    }
}
