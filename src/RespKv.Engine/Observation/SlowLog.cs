using System.Text;
using RespKv.Protocol;

namespace RespKv.Engine.Observation;

/// <summary>The last slow commands (SLOWLOG). Guarded by the turn.</summary>
internal sealed class SlowLog
{
    /// <summary>Arguments and bytes of an argument that are kept, as in Redis.</summary>
    private const int ArgumentsMax = 32;
    private const int ArgumentBytesMax = 128;

    private static readonly byte[] Redacted = "(redacted)"u8.ToArray();

    private readonly LinkedList<SlowLogEntry> _entries = new();
    private long _nextId;

    public int Count => _entries.Count;

    /// <summary>Newest first.</summary>
    public IEnumerable<SlowLogEntry> Entries => _entries;

    /// <param name="args">The request.</param>
    /// <param name="shown">Arguments that may be kept; those behind them are secret.</param>
    /// <param name="micros">How long it took.</param>
    /// <param name="unixSeconds">When.</param>
    /// <param name="clientAddress">Whose.</param>
    /// <param name="clientName">Empty without one.</param>
    /// <param name="entriesMax">Directive slowlog-max-len.</param>
    public void Add(RequestArgs args, int shown, long micros, long unixSeconds, string clientAddress, string clientName, int entriesMax)
    {
        int count = Math.Min(args.Count, ArgumentsMax);
        var kept = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            if (args.Count > ArgumentsMax && i == ArgumentsMax - 1)
            {
                kept[i] = Encoding.ASCII.GetBytes($"... ({args.Count - ArgumentsMax + 1} more arguments)");
            }
            else if (i >= shown)
            {
                kept[i] = Redacted;
            }
            else
            {
                ReadOnlySpan<byte> argument = args[i];
                kept[i] = argument.Length <= ArgumentBytesMax
                    ? argument.ToArray()
                    : [.. argument[..ArgumentBytesMax], .. Encoding.ASCII.GetBytes($"... ({argument.Length - ArgumentBytesMax} more bytes)")];
            }
        }

        _entries.AddFirst(new SlowLogEntry(_nextId++, unixSeconds, micros, kept, clientAddress, clientName));
        Trim(entriesMax);
    }

    public void Trim(int entriesMax)
    {
        while (_entries.Count > entriesMax)
        {
            _entries.RemoveLast();
        }
    }

    public void Clear() => _entries.Clear();
}

/// <summary>One slow command.</summary>
internal sealed record SlowLogEntry(long Id, long UnixSeconds, long Micros, byte[][] Arguments, string ClientAddress, string ClientName);
