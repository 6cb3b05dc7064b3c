using RespKv.Storage.Files;
using RespKv.TestKit.Files;
using RespKv.TestKit.Model;

namespace RespKv.Simulation;

/// <summary>How a life ends.</summary>
internal enum LifeEnd
{
    PowerCut,
    Kill,

    /// <summary>In order, unless something comes between.</summary>
    Stop,
}

/// <summary>What is drawn for one life: how the server is configured, what the clients do, what goes wrong.</summary>
internal sealed class LifeSettings
{
    private static readonly string[] SegmentSizes = ["64kb", "64kb", "64kb", "256kb"];
    private static readonly string[] CheckpointLogBytes = ["1", "1", "8kb", "64kb", "0"];
    private static readonly Errno[] Errors = [Errno.EIO, Errno.EIO, Errno.ENOSPC, Errno.EROFS];
    private static readonly FileOperation[] Failing = [FileOperation.Any, FileOperation.Any, FileOperation.Write, FileOperation.SyncData, FileOperation.SyncDirectory, FileOperation.Rename, FileOperation.Open];

    private readonly Random _random;
    private readonly CommandMakerOptions _commands;

    public LifeSettings(Random random, Func<long> nowMillis)
    {
        AppendFsync = random.Next(10) == 0 ? "everysec" : "always";
        Directives =
        [
            ("dir", "/data"),
            ("databases", "4"),
            ("enable-debug-command", "yes"),
            ("hz", random.Next(2) == 0 ? "500" : "50"),
            ("wal-segment-size", SegmentSizes[random.Next(SegmentSizes.Length)]),
            ("checkpoint-log-bytes", CheckpointLogBytes[random.Next(CheckpointLogBytes.Length)]),
            ("checkpoint-on-shutdown", random.Next(2) == 0 ? "yes" : "no"),
            ("appendfsync", AppendFsync),
            ("appendfsync-interval-ms", "5"),
        ];
        Clients = random.Next(1, 6);
        DepthMax = random.Next(3) == 0 ? 40 : 3;
        Switches = random.Next(20, 1500);
        SwitchPercent = random.Next(5, 80);
        End = random.Next(8) == 0 ? LifeEnd.Stop : random.Next(3) == 0 ? LifeEnd.Kill : LifeEnd.PowerCut;
        IsSmallDisk = random.Next(10) == 0;
        if (!IsSmallDisk && random.Next(6) == 0)
        {
            // Half of them where it hurts: in the log itself.
            Fault = random.Next(2) == 0
                ? new LifeFault(random.Next(3) == 0 ? FileOperation.Write : FileOperation.SyncData, "wal-", random.Next(1, 30), Errors[random.Next(Errors.Length)], random.Next(3) == 0)
                : new LifeFault(Failing[random.Next(Failing.Length)], "", random.Next(1, 200), Errors[random.Next(Errors.Length)], random.Next(3) == 0);
        }

        _random = random;
        _commands = new CommandMakerOptions
        {
            Keys = random.Next(2, 14),
            Databases = 3,
            ValueBytesMax = random.Next(4) == 0 ? 20_000 : 200,
            Transactions = !MayRefuse,
            Collections = random.Next(4) > 0,
            NowMillis = nowMillis,
        };
    }

    private LifeSettings(Random random, bool isRecoveryOnly)
        : this(random, static () => 0)
    {
        IsRecoveryOnly = isRecoveryOnly;
        Fault = null;
        IsSmallDisk = false;
    }

    public IReadOnlyList<(string Name, string Value)> Directives { get; }

    public string AppendFsync { get; }

    public int Clients { get; }

    /// <summary>Commands that a client has under way.</summary>
    public int DepthMax { get; }

    /// <summary>Switch points until the end comes.</summary>
    public int Switches { get; }

    public int SwitchPercent { get; }

    public LifeEnd End { get; }

    /// <summary>The disk fills up on the way.</summary>
    public bool IsSmallDisk { get; }

    /// <summary>A call that fails, and perhaps all after it.</summary>
    public LifeFault? Fault { get; }

    public bool IsRecoveryOnly { get; }

    /// <summary>A write may be refused for want of room.</summary>
    public bool MayRefuse => IsSmallDisk || Fault is not null;

    /// <summary>What one connection sends: its own blocks, its own watches.</summary>
    public CommandMaker NewCommands() => new(_random, _commands);

    /// <summary>A start to see what is there, and no more.</summary>
    public static LifeSettings Recovery(Random random) => new(random, isRecoveryOnly: true);

    public override string ToString()
        => $"{Clients} clients, depth {DepthMax}, {string.Join(' ', Directives.Skip(3).Select(d => $"{d.Name}={d.Value}"))}, {End} after {Switches} switch points"
            + (IsSmallDisk ? ", small disk" : "") + (Fault is { } fault ? $", {fault.Operation} {fault.PathPart} call {fault.Call} fails with {fault.Errno}{(fault.ForGood ? " for good" : "")}" : "");
}

/// <summary>A call that fails.</summary>
/// <param name="Operation">Which kind of call.</param>
/// <param name="PathPart">On files whose path has this part.</param>
/// <param name="Call">The n-th of them in the life.</param>
/// <param name="Errno">With this error.</param>
/// <param name="ForGood">And all after it.</param>
internal sealed record LifeFault(FileOperation Operation, string PathPart, int Call, Errno Errno, bool ForGood);
