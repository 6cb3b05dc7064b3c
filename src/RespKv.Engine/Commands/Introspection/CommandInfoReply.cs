using System.Text;
using RespKv.Protocol;

namespace RespKv.Engine.Commands.Introspection;

/// <summary>A command as COMMAND INFO shows it: ten elements in the shapes of Redis 7.0.</summary>
internal static class CommandInfoReply
{
    /// <summary>The flags that Redis shows, in its order. Others are our own business.</summary>
    private static readonly (CommandFlags Flag, string Name)[] ShownFlags =
    [
        (CommandFlags.Write, "write"),
        (CommandFlags.ReadOnly, "readonly"),
        (CommandFlags.DenyOom, "denyoom"),
        (CommandFlags.Admin, "admin"),
        (CommandFlags.PubSub, "pubsub"),
        (CommandFlags.NoScript, "noscript"),
        (CommandFlags.Blocking, "blocking"),
        (CommandFlags.Loading, "loading"),
        (CommandFlags.Stale, "stale"),
        (CommandFlags.SkipMonitor, "skip_monitor"),
        (CommandFlags.SkipSlowLog, "skip_slowlog"),
        (CommandFlags.Fast, "fast"),
        (CommandFlags.NoAuth, "no_auth"),
        (CommandFlags.NoMandatoryKeys, "no_mandatory_keys"),
        (CommandFlags.NoAsyncLoading, "no_async_loading"),
        (CommandFlags.NoMulti, "no_multi"),
        (CommandFlags.MovableKeys, "movablekeys"),
        (CommandFlags.AllowBusy, "allow_busy"),
    ];

    /// <summary>Declarations never change, and all of them at once would hold the turn for a millisecond: so replies are kept.</summary>
    public static void Write(RespWriter reply, CommandEntry entry)
    {
        ref byte[]? kept = ref entry.InfoReplies[reply.Version - 2];
        if (kept is null)
        {
            var buffer = new ReplyBuffer();
            Build(new RespWriter(buffer) { Version = reply.Version }, entry);
            kept = buffer.ToArray();
            buffer.Clear();
        }

        reply.Raw(kept);
    }

    /// <summary>A set of simple strings.</summary>
    public static void WriteStatuses(RespWriter reply, IReadOnlyList<string> names)
    {
        reply.SetHeader(names.Count);
        foreach (string name in names)
        {
            reply.SimpleString(Encoding.ASCII.GetBytes(name));
        }
    }

    private static void Build(RespWriter reply, CommandEntry entry)
    {
        reply.ArrayHeader(10);
        reply.Bulk(entry.Name);
        reply.Integer(entry.Arity);
        WriteStatuses(reply, [.. ShownFlags.Where(f => entry.Has(f.Flag)).Select(f => f.Name)]);
        LegacyKeyRange range = entry.LegacyKeys;
        reply.Integer(range.First);
        reply.Integer(range.Last);
        reply.Integer(range.Step);
        WriteStatuses(reply, [.. AclCategories.Of(entry).Select(category => "@" + category)]);
        WriteTips(reply, entry);
        reply.SetHeader(entry.KeySpecs.Count);
        foreach (KeySpec spec in entry.KeySpecs)
        {
            WriteKeySpec(reply, spec);
        }

        WriteSubcommands(reply, entry);
    }

    private static void WriteTips(RespWriter reply, CommandEntry entry)
    {
        string[] tips = entry.Declaration.Tips.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        reply.SetHeader(tips.Length);
        foreach (string tip in tips)
        {
            reply.Bulk(tip);
        }
    }

    private static void WriteKeySpec(RespWriter reply, KeySpec spec)
    {
        reply.MapHeader(spec.Notes.Length > 0 ? 4 : 3);
        if (spec.Notes.Length > 0)
        {
            reply.Bulk("notes"u8);
            reply.Bulk(spec.Notes);
        }

        reply.Bulk("flags"u8);
        WriteStatuses(reply, spec.Flags);
        reply.Bulk("begin_search"u8);
        switch (spec.Search)
        {
            case KeySearch.Index:
                WriteStep(reply, "index", ("index", spec.First));
                break;
            case KeySearch.Keyword:
                WriteStep(reply, "keyword", ("keyword", spec.Keyword), ("startfrom", spec.First));
                break;
            default:
                WriteStep(reply, "unknown");
                break;
        }

        reply.Bulk("find_keys"u8);
        if (spec.Search == KeySearch.Unknown)
        {
            WriteStep(reply, "unknown");
        }
        else if (spec.IsCounted)
        {
            WriteStep(reply, "keynum", ("keynumidx", 0), ("firstkey", 1), ("keystep", spec.Step));
        }
        else
        {
            // Relative to the first key, unless it counts from the end.
            int last = spec.Last >= 0 && spec.Search == KeySearch.Index ? spec.Last - spec.First : spec.Last;
            WriteStep(reply, "range", ("lastkey", last), ("keystep", spec.Step), ("limit", spec.Limit));
        }
    }

    /// <summary>A step of a key specification: its type, and what belongs to it.</summary>
    private static void WriteStep(RespWriter reply, string type, params ReadOnlySpan<(string Name, object Value)> fields)
    {
        reply.MapHeader(2);
        reply.Bulk("type"u8);
        reply.Bulk(type);
        reply.Bulk("spec"u8);
        reply.MapHeader(fields.Length);
        foreach ((string name, object value) in fields)
        {
            reply.Bulk(name);
            if (value is int number)
            {
                reply.Integer(number);
            }
            else
            {
                reply.Bulk((string)value);
            }
        }
    }

    private static void WriteSubcommands(RespWriter reply, CommandEntry entry)
    {
        IReadOnlyList<CommandEntry> subcommands = entry.Subcommands?.All ?? [];
        if (subcommands.Count == 0)
        {
            reply.SetHeader(0);
            return;
        }

        reply.ArrayHeader(subcommands.Count);
        foreach (CommandEntry subcommand in subcommands)
        {
            Write(reply, subcommand);
        }
    }
}
