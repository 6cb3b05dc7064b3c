using RespKv.Storage.Files;

namespace RespKv.Engine.Space;

/// <summary>
/// How it stands with the disk space, as clients and the operator are told. Changed in turns; the properties are for any thread.
/// </summary>
internal sealed class SpaceStatus(RespEngine engine)
{
    // Guarded by the turn.
    private readonly Queue<string> _lines = [];
    private string _growthError = "";
    private string _reserveError = "";
    private long _rejectedBefore;

    // Written in turns, read by any thread.
    private int _state;
    private long _sinceMillis;
    private long _rejectedWrites;
    private string _reason = "";

    public DiskSpaceState State => (DiskSpaceState)Volatile.Read(ref _state);

    public string Reason => Volatile.Read(ref _reason);

    public long SinceMillis => Volatile.Read(ref _sinceMillis);

    public long RejectedWrites => Volatile.Read(ref _rejectedWrites);

    public static string ReasonOf(StorageException? cause)
        => cause is null ? "no room" : $"{cause.Errno.Text()} ({cause.Errno.Name()})";

    /// <summary>A command was refused as all of its kind are now. Returns its reply.</summary>
    public string Refuse()
    {
        Volatile.Write(ref _rejectedWrites, _rejectedWrites + 1);
        return State == DiskSpaceState.ReserveUsed ? _reserveError : _growthError;
    }

    /// <summary>A command was refused because it is too large. Returns its reply.</summary>
    public string RefuseOne(string reason, long recordBytes)
    {
        Volatile.Write(ref _rejectedWrites, _rejectedWrites + 1);
        return $"MISCONF RespKv cannot claim disk space for the log: {reason}. This command needs up to {recordBytes} bytes of it; smaller ones are accepted.";
    }

    /// <summary>To be told by the writer thread, since a turn does no I/O.</summary>
    public void Say(string line) => _lines.Enqueue(line);

    /// <summary>What is to be told.</summary>
    public string[] TakeLines()
    {
        string[] lines = [.. _lines];
        _lines.Clear();
        return lines;
    }

    /// <summary>It is at least as bad as this. What is known already is not told again.</summary>
    public void Worsen(DiskSpaceState state, StorageException? cause, long roomBytes, long reserveBytes)
    {
        if (State >= state)
        {
            return;
        }

        if (State == DiskSpaceState.Ok)
        {
            string reason = ReasonOf(cause);
            _growthError = $"MISCONF RespKv cannot claim disk space for the log: {reason}. Commands that may make the data grow are refused; reads are served, and DEL, UNLINK, GETDEL, EXPIRE, PERSIST, FLUSHDB and FLUSHALL are accepted. See INFO persistence and the server's log.";
            _reserveError = $"MISCONF RespKv cannot claim disk space for the log: {reason}, and the reserve for deletions is used up. All commands that write are refused; reads are served. See INFO persistence and the server's log.";
            _rejectedBefore = RejectedWrites;
            Volatile.Write(ref _reason, reason);
            Volatile.Write(ref _sinceMillis, engine.NowMillis());
        }

        Volatile.Write(ref _state, (int)state);
        Say(state switch
        {
            DiskSpaceState.Low => $"Disk full: the next segment of the log cannot be claimed. What is claimed takes {roomBytes} bytes more, of which {reserveBytes} are kept for deletions. {cause?.Message}",
            DiskSpaceState.Full => $"Disk full: writes that may make the data grow are refused from now on ({Reason}). Reads are served; deletions have {roomBytes} bytes. It heals by itself when there is room.",
            _ => $"Disk full: the reserve for deletions is used up, all writes are refused from now on ({Reason}). Reads are served. It heals by itself when there is room.",
        });
    }

    public void Heal()
    {
        long nowMillis = engine.NowMillis();
        Say($"Disk space: the next segment of the log is claimed again after {nowMillis - SinceMillis} ms, all writes are accepted; {RejectedWrites - _rejectedBefore} were refused.");
        Volatile.Write(ref _state, (int)DiskSpaceState.Ok);
        Volatile.Write(ref _reason, "");
        Volatile.Write(ref _sinceMillis, nowMillis);
    }
}
