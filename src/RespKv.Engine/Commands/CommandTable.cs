using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands;

/// <summary>All commands, gathered once at start from the declarations on their handlers.</summary>
internal sealed class CommandTable
{
    private const DynamicallyAccessedMemberTypes Methods
        = DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods;

    private readonly Dictionary<string, CommandEntry> _entries = new(StringComparer.Ordinal);
    private CommandNames _names = new([]);

    /// <summary>Commands without their subcommands.</summary>
    public IReadOnlyList<CommandEntry> All => _names.All;

    /// <summary>Every command, each followed by its subcommands.</summary>
    public IEnumerable<CommandEntry> AllWithSubcommands()
        => All.SelectMany(entry => (IEnumerable<CommandEntry>)[entry, .. entry.Subcommands?.All ?? []]);

    public CommandEntry? Find(ReadOnlySpan<byte> name) => _names.Find(name);

    /// <summary>A command by its declared name, whatever rename-command made of it.</summary>
    public CommandEntry Declared(string name) => _entries[name];

    /// <summary>The subcommand where the name is a container, the command itself otherwise. Null: unknown command.</summary>
    public CommandEntry? Find(ReadOnlySpan<byte> name, ReadOnlySpan<byte> subcommand)
    {
        CommandEntry? entry = _names.Find(name);
        return entry?.Subcommands is { } subcommands ? subcommands.Find(subcommand) : entry;
    }

    /// <summary>Adds every declared method of a class; several classes may declare subcommands of one container.</summary>
    public CommandTable Add([DynamicallyAccessedMembers(Methods)] Type type)
    {
        if (type.GetCustomAttribute<CommandAttribute>() is { } container)
        {
            AddEntry(new CommandEntry(container, null, null));
        }

        foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (method.GetCustomAttribute<CommandAttribute>() is not { } declaration)
            {
                continue;
            }

            // PFCOUNT is a read that may write what it has counted, if there is room: Redis's MayReplicate says so.
            bool writes = (declaration.Flags & CommandFlags.Write) != 0
                || ((declaration.Flags & CommandFlags.MayReplicate) != 0 && method.GetParameters()[0].ParameterType == typeof(WriteContext));
            AddEntry(writes
                ? new CommandEntry(declaration, null, method.CreateDelegate<WriteHandler>())
                : new CommandEntry(declaration, method.CreateDelegate<ReadHandler>(), null));
        }

        return this;
    }

    /// <summary>Builds the look-up tables after the last <see cref="Add"/>.</summary>
    public CommandTable Build()
    {
        foreach (IGrouping<string, CommandEntry> group in _entries.Values.Where(e => e.Name.Contains('|')).GroupBy(e => e.Name[..e.Name.IndexOf('|')]))
        {
            CommandEntry parent = _entries[group.Key];
            parent.Subcommands = new CommandNames(group.Select(e => (e.Name[(e.Name.IndexOf('|') + 1)..], e)));
            foreach (CommandEntry child in group)
            {
                child.Parent = parent;
            }
        }

        _names = new CommandNames(_entries.Values.Where(e => !e.Name.Contains('|')).OrderBy(e => e.Name, StringComparer.Ordinal).Select(e => (e.Name, e)));
        return this;
    }

    /// <summary>
    /// rename-command: what clients call a command from now on; empty: nothing. Its declaration, and what rules of users call it, stay.
    /// </summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Rename(string name, string newName)
    {
        List<(string Name, CommandEntry Entry)> names = [.. _names.Named];
        int at = names.FindIndex(each => string.Equals(each.Name, name, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            return $"No such command in rename-command: '{name}'";
        }

        CommandEntry entry = names[at].Entry;
        names.RemoveAt(at);
        if (newName.Length > 0)
        {
            if (!Ascii.IsValid(newName) || newName.Contains('|'))
            {
                return $"A command cannot be renamed to '{newName}'";
            }

            if (names.Exists(each => string.Equals(each.Name, newName, StringComparison.OrdinalIgnoreCase)))
            {
                return $"Target command name already exists: '{newName}'";
            }

            names.Insert(at, (newName.ToLowerInvariant(), entry));
        }

        _names = new CommandNames(names);
        return null;
    }

    private void AddEntry(CommandEntry entry)
    {
        if (!_entries.TryAdd(entry.Name, entry))
        {
            throw new InvalidOperationException($"command '{entry.Name}' is declared twice");
        }
    }
}
