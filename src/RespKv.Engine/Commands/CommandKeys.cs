using RespKv.Protocol;

namespace RespKv.Engine.Commands;

/// <summary>A key in a request's arguments, and what the command does with it (flags of a <see cref="KeySpec"/>).</summary>
internal readonly record struct FoundKey(int Position, IReadOnlyList<string> Flags);

/// <summary>Finds the keys of a request: by the command's specifications, or, for the few where these do not say it, by what is known of the command.</summary>
internal static class CommandKeys
{
    private static readonly string[] Reads = ["RO", "access"];
    private static readonly string[] Overwrites = ["OW", "update"];
    private static readonly string[] Updates = ["RW", "access", "update"];
    private static readonly string[] Takes = ["RW", "access", "delete"];

    /// <summary>Whether a request of the command may name keys at all.</summary>
    public static bool MayHave(CommandEntry entry) => entry.KeySpecs.Any(spec => spec.IsKey);

    /// <summary>
    /// Adds the keys of a request, whose number of arguments the command takes. False: there are none, because its arguments make no sense; the
    /// command will say so itself.
    /// </summary>
    public static bool TryFind(CommandEntry entry, RequestArgs args, List<FoundKey> keys)
    {
        int start = keys.Count;
        foreach (KeySpec spec in entry.KeySpecs)
        {
            if (!spec.IsKey)
            {
                continue;
            }

            bool isReliable = !spec.Flags.Contains("incomplete") && !spec.Flags.Contains("variable_flags");
            if (!isReliable || !spec.TryFind(args, out int first, out int last))
            {
                keys.RemoveRange(start, keys.Count - start);
                AddByCommand(entry, args, keys);
                return keys.Count > start;
            }

            for (int i = first; i <= last; i += spec.Step)
            {
                keys.Add(new FoundKey(i, spec.Flags));
            }
        }

        return keys.Count > start;
    }

    private static void AddByCommand(CommandEntry entry, RequestArgs args, List<FoundKey> keys)
    {
        switch (entry.Name)
        {
            case "set":
                keys.Add(new FoundKey(1, HasGetOption(args) ? Updates : Overwrites));
                break;
            case "bitfield":
                keys.Add(new FoundKey(1, OnlyGets(args) ? Reads : Updates));
                break;
            case "sort_ro":
                keys.Add(new FoundKey(1, Reads));
                break;
            case "sort":
                AddOfSort(args, keys);
                break;
            case "migrate":
                AddOfMigrate(args, keys);
                break;
        }
    }

    private static bool HasGetOption(RequestArgs set)
    {
        for (int i = 3; i < set.Count; i++)
        {
            if (set[i].Is("get"u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What is none of BITFIELD's operations counts as one that writes, as in Redis.</summary>
    private static bool OnlyGets(RequestArgs bitfield)
    {
        for (int i = 2; i < bitfield.Count; i++)
        {
            int behind = bitfield.Count - i - 1;
            if (bitfield[i].Is("get"u8) && behind >= 2)
            {
                i += 2;
            }
            else if (bitfield[i].Is("overflow"u8) && behind >= 1)
            {
                i++;
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The last STORE counts. What BY and GET make out of the elements is not told.</summary>
    private static void AddOfSort(RequestArgs sort, List<FoundKey> keys)
    {
        keys.Add(new FoundKey(1, Reads));
        int stored = 0;
        for (int i = 2; i < sort.Count; i++)
        {
            if (sort[i].Is("limit"u8))
            {
                i += 2;
            }
            else if (sort[i].Is("get"u8) || sort[i].Is("by"u8))
            {
                i++;
            }
            else if (sort[i].Is("store"u8) && i + 1 < sort.Count)
            {
                stored = i + 1;
            }
        }

        if (stored > 0)
        {
            keys.Add(new FoundKey(stored, Overwrites));
        }
    }

    private static void AddOfMigrate(RequestArgs migrate, List<FoundKey> keys)
    {
        const int KeyPosition = 3;
        const int OptionsStart = 6;
        int first = KeyPosition;
        int end = KeyPosition + 1;
        for (int i = OptionsStart; i < migrate.Count; i++)
        {
            if (migrate[i].Is("keys"u8))
            {
                // With a key as well it is a syntax error.
                first = i + 1;
                end = migrate[KeyPosition].IsEmpty ? migrate.Count : first;
                break;
            }

            i += migrate[i].Is("auth2"u8) ? 2 : migrate[i].Is("auth"u8) ? 1 : 0;
        }

        for (int i = first; i < end; i++)
        {
            keys.Add(new FoundKey(i, Takes));
        }
    }
}
