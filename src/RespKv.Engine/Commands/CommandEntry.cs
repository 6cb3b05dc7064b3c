using RespKv.Engine.Commands.Introspection;
using RespKv.Engine.Commit;
using RespKv.Engine.Execution;

namespace RespKv.Engine.Commands;

/// <summary>A command as it is dispatched: its declaration, its handler, its statistics.</summary>
internal sealed class CommandEntry
{
    public CommandEntry(CommandAttribute declaration, ReadHandler? read, WriteHandler? write)
    {
        Declaration = declaration;
        Read = read;
        Write = write;
        Name = declaration.Name;
        Arity = declaration.Arity;
        IsAllowedToSubscribers = Name is "ping" or "quit" or "reset" || Name.EndsWith("subscribe", StringComparison.Ordinal);
        KeySpecs = KeySpec.ParseAll(declaration.Keys);
        LegacyKeys = LegacyKeyRange.Of(KeySpecs, out bool isMovable);
        Flags = declaration.Flags | (isMovable ? CommandFlags.MovableKeys : 0);
    }

    public CommandAttribute Declaration { get; }

    /// <summary>Lower case; subcommands as <c>container|sub</c>.</summary>
    public string Name { get; }

    public int Arity { get; }

    public CommandFlags Flags { get; }

    /// <summary>A client of RESP2 that has subscribed to something may use it.</summary>
    public bool IsAllowedToSubscribers { get; }

    public IReadOnlyList<KeySpec> KeySpecs { get; }

    public LegacyKeyRange LegacyKeys { get; }

    /// <summary>Its bit in a set of commands that a user may run.</summary>
    public int AclId { get; set; }

    public ReadHandler? Read { get; }

    public WriteHandler? Write { get; }

    /// <summary>Subcommands by lower-case name, null for a command without any.</summary>
    public CommandNames? Subcommands { get; set; }

    /// <summary>For a subcommand, its container.</summary>
    public CommandEntry? Parent { get; set; }

    /// <summary>COMMAND INFO's reply in RESP2 and RESP3, once it was built. Guarded by the turn.</summary>
    public byte[]?[] InfoReplies { get; } = new byte[]?[2];

    // Statistics, guarded by the turn (INFO commandstats).
    public long Calls { get; set; }

    public long Micros => Ticks / TicksPerMicro;

    public long Ticks { get; set; }

    public long RejectedCalls { get; set; }

    public long FailedCalls { get; set; }

    private static readonly long TicksPerMicro = Math.Max(1, System.Diagnostics.Stopwatch.Frequency / 1_000_000);

    /// <summary>How long the command took, in microseconds; null until it was called.</summary>
    public LogHistogram? LatencyMicros { get; private set; }

    /// <summary>Arguments that make up the name: 2 for a subcommand.</summary>
    public int NameArguments => Parent is null ? 1 : 2;

    public void RecordLatency(long micros) => (LatencyMicros ??= new LogHistogram()).Record(micros);

    public bool Has(CommandFlags flag) => (Flags & flag) != 0;

    /// <summary>Whether a request of that many arguments has an arity that the command takes.</summary>
    public bool Takes(int argumentCount) => Arity >= 0 ? argumentCount == Arity : argumentCount >= -Arity;

    public void ResetStats()
    {
        Calls = 0;
        Ticks = 0;
        RejectedCalls = 0;
        FailedCalls = 0;
        LatencyMicros = null;
    }
}
