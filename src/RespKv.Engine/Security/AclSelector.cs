using RespKv.Engine.Commands;
using RespKv.Protocol;

namespace RespKv.Engine.Security;

/// <summary>What a key pattern allows.</summary>
[Flags]
internal enum KeyAccess : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    All = Read | Write,
}

/// <summary>Why a command is refused. Ordered: the higher one tells more of how far the command came, and is the one that is told.</summary>
internal enum AclDenial : byte
{
    None,
    Command,
    Key,
    Authentication,
    Channel,
}

/// <summary>A key pattern.</summary>
internal readonly record struct KeyPattern(string Text, KeyAccess Access)
{
    public byte[] Bytes { get; } = AclText.Bytes(Text);
}

/// <summary>
/// Commands, keys and channels that are allowed together: a user's own rules, or a group in parentheses. Guarded by the turn.
/// </summary>
internal sealed class AclSelector
{
    private readonly AclCatalog _catalog;
    private readonly AclCommandSet _commands = new();
    private readonly List<KeyPattern> _keys = [];
    private readonly List<string> _channels = [];

    /// <summary>By command: first arguments with which it is allowed although the command is not. Null: none of any.</summary>
    private SortedDictionary<int, List<string>>? _firstArguments;

    public AclSelector(AclCatalog catalog, bool allChannels)
    {
        _catalog = catalog;
        AllChannels = allChannels;
    }

    public bool AllCommands { get; private set; }

    public bool AllKeys { get; private set; }

    public bool AllChannels { get; private set; }

    public AclCommandSet Commands => _commands;

    public IReadOnlyList<KeyPattern> Keys => _keys;

    public IReadOnlyList<string> Channels => _channels;

    /// <summary>Nothing has to be looked at.</summary>
    public bool AllowsEverything => AllCommands && AllKeys && AllChannels;

    public AclSelector Copy()
    {
        var copy = new AclSelector(_catalog, AllChannels) { AllCommands = AllCommands, AllKeys = AllKeys };
        copy._commands.CopyFrom(_commands);
        copy._keys.AddRange(_keys);
        copy._channels.AddRange(_channels);
        foreach ((int id, List<string> arguments) in _firstArguments ?? [])
        {
            (copy._firstArguments ??= []).Add(id, [.. arguments]);
        }

        return copy;
    }

    public IReadOnlyList<string> FirstArgumentsOf(int id) => _firstArguments?.GetValueOrDefault(id) ?? [];

    public void SetAllCommands(bool allowed)
    {
        _commands.SetAll(allowed);
        AllCommands = allowed;
        _firstArguments = null;
    }

    /// <summary>A command with all of its subcommands.</summary>
    public void SetCommand(AclCommand command, bool allowed)
    {
        SetBit(command, allowed);
        _firstArguments?.Remove(command.Id);
        foreach (AclCommand subcommand in command.Subcommands)
        {
            SetBit(subcommand, allowed);
        }
    }

    public void SetCategory(int category, bool allowed)
    {
        _commands.Set(_catalog.Applied[category], allowed);
        AllCommands &= allowed;
        foreach (int id in _firstArguments?.Keys.ToArray() ?? [])
        {
            if (_catalog.Counted[category].Has(id))
            {
                _firstArguments!.Remove(id);
            }
        }
    }

    public void AllowFirstArgument(AclCommand command, string argument)
    {
        _firstArguments ??= [];
        if (!_firstArguments.TryGetValue(command.Id, out List<string>? arguments))
        {
            _firstArguments[command.Id] = arguments = [];
        }

        if (!arguments.Contains(argument, StringComparer.OrdinalIgnoreCase))
        {
            arguments.Add(argument);
        }
    }

    public void SetAllKeys(bool allowed)
    {
        AllKeys = allowed;
        _keys.Clear();
    }

    public void AddKeys(string pattern, KeyAccess access)
    {
        int known = _keys.FindIndex(key => key.Text == pattern);
        if (known < 0)
        {
            _keys.Add(new KeyPattern(pattern, access));
        }
        else
        {
            _keys[known] = _keys[known] with { Access = _keys[known].Access | access };
        }
    }

    public void SetAllChannels(bool allowed)
    {
        AllChannels = allowed;
        _channels.Clear();
    }

    public void AddChannel(string pattern)
    {
        if (!_channels.Contains(pattern))
        {
            _channels.Add(pattern);
        }
    }

    /// <summary>Whether the request may run.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="args">The request, with a number of arguments that the command takes.</param>
    /// <param name="found">Its keys, found by the first selector that needs them; null until then.</param>
    /// <param name="position">Where the key or the channel stands that is not allowed.</param>
    public AclDenial Check(CommandEntry entry, RequestArgs args, ref List<FoundKey>? found, ref int position)
    {
        if (!AllCommands && !entry.Has(CommandFlags.NoAuth) && !_commands.Has(entry.AclId) && !AllowsFirstArgument(entry, args))
        {
            return AclDenial.Command;
        }

        if (!AllKeys && entry.KeySpecs.Count > 0)
        {
            if (found is null)
            {
                found = [];
                CommandKeys.TryFind(entry, args, found);
            }

            foreach (FoundKey key in found)
            {
                if (!AllowsKey(args[key.Position], AccessOf(key)))
                {
                    position = key.Position;
                    return AclDenial.Key;
                }
            }
        }

        return AllChannels || AclChannels.Of(entry.Name) is not { } channels ? AclDenial.None : CheckChannels(channels, args, ref position);
    }

    /// <summary>Whether every key may be read: SORT makes the names of keys out of data.</summary>
    public bool ReadsAllKeys() => AllKeys || _keys.Exists(key => key.Access.HasFlag(KeyAccess.Read) && key.Text == "*");

    public bool AllowsReading(ReadOnlySpan<byte> key) => AllKeys || AllowsKey(key, KeyAccess.Read);

    /// <summary>Whether a command may be run, and with a channel.</summary>
    public bool AllowsListening(CommandEntry entry, ReadOnlySpan<byte> channel)
        => (AllCommands || _commands.Has(entry.AclId)) && (AllChannels || AllowsChannel(_channels, channel, isPattern: false));

    /// <summary>A pattern that is subscribed to is allowed when it stands in the rules as it is.</summary>
    public static bool AllowsChannel(IEnumerable<string> patterns, ReadOnlySpan<byte> channel, bool isPattern)
    {
        foreach (string pattern in patterns)
        {
            byte[] bytes = AclText.Bytes(pattern);
            if (isPattern ? channel.SequenceEqual(bytes) : GlobPattern.Matches(bytes, channel))
            {
                return true;
            }
        }

        return false;
    }

    private void SetBit(AclCommand command, bool allowed)
    {
        _commands.Set(command.Id, allowed);
        AllCommands &= allowed;
    }

    private bool AllowsFirstArgument(CommandEntry entry, RequestArgs args)
    {
        if (_firstArguments is null || args.Count < 2)
        {
            return false;
        }

        foreach (string allowed in FirstArgumentsOf(entry.AclId))
        {
            if (args[1].Is(AclText.Bytes(allowed)))
            {
                return true;
            }
        }

        return false;
    }

    private bool AllowsKey(ReadOnlySpan<byte> key, KeyAccess access)
    {
        foreach (KeyPattern pattern in _keys)
        {
            if ((pattern.Access & access) == access && GlobPattern.Matches(pattern.Bytes, key))
            {
                return true;
            }
        }

        return false;
    }

    private AclDenial CheckChannels(AclChannels channels, RequestArgs args, ref int position)
    {
        int last = channels.ToEnd ? args.Count - 1 : 1;
        for (int i = 1; i <= last; i++)
        {
            if (!AllowsChannel(_channels, args[i], channels.ArePatterns))
            {
                position = i;
                return AclDenial.Channel;
            }
        }

        return AclDenial.None;
    }

    /// <summary>A command that only asks whether a key is there, or how long its value is, needs any access at all.</summary>
    private static KeyAccess AccessOf(FoundKey key)
    {
        KeyAccess access = KeyAccess.None;
        foreach (string flag in key.Flags)
        {
            access |= flag switch
            {
                "access" => KeyAccess.Read,
                "insert" or "update" or "delete" => KeyAccess.Write,
                _ => KeyAccess.None,
            };
        }

        return access;
    }
}
