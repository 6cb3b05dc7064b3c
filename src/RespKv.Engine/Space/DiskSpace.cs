using RespKv.Storage.Files;
using RespKv.Storage.Wal;

namespace RespKv.Engine.Space;

/// <summary>
/// The room that the log has claimed on the disk, and which writes it still admits (D11). Guarded by the turn, except where a member
/// says otherwise.
///
/// Invariant: the batch that is being written and the one that is being filled together never exceed what the log has claimed, whatever
/// the commands that were accepted write; so a full disk is found before a write is accepted, not after.
/// </summary>
/// <remarks>
/// When no more can be claimed, writes that may make the data grow are refused once only the reserve is left, and deletions when
/// that is used too. The claim is tried again and again, so it heals by itself.
/// </remarks>
internal sealed class DiskSpace(RespEngine engine)
{
    /// <summary>Kept for deletions: thousands of them one by one, some hundred thousand in batches.</summary>
    public const long ReserveBytesMax = 4 << 20;

    /// <summary>With small segments the reserve is this part of one.</summary>
    private const int ReservePart = 8;

    /// <summary>With the smallest ones: some tens of batches of one record each.</summary>
    private const long ReserveBytesMin = 16 << 10;

    /// <summary>Turns leave a batch to the writer at this part of a segment, so that two batches and a reserve fit one.</summary>
    private const int PausePart = 4;

    /// <summary>Header and seal of a segment: a sector each, which hold no batch.</summary>
    private const int SegmentOverheadBytes = 2 * 512;

    /// <summary>A deletion above this, and a record that grows data above the next, may find too little room although smaller ones still do.</summary>
    private const int SmallDeletionBytes = 1024;

    private const int SmallGrowthBytes = 2 * RecordBound.DerivedBytes;

    /// <summary>What one batch may become: an array, less the padding.</summary>
    private const long BatchBytesMax = int.MaxValue - SegmentOverheadBytes;

    /// <summary>A large claim that was refused is tried again that much later, and free room is looked for that often: a system call.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Without a sign of free room the claim is tried that often all the same: a quota shows none. A large claim that nobody came back for is
    /// given back after as long.
    /// </summary>
    private static readonly TimeSpan TryPeriod = TimeSpan.FromSeconds(5);

    private readonly SpaceStatus _status = new(engine);
    private WalLog? _log;
    private long _largeRecordBytes;
    private long _writingBytes;
    private long _growthBytesMax;
    private bool _isStuck;
    private bool _isReleasing;

    // A claim for a record that an ordinary segment might not take.
    private bool _largeAsked;
    private bool _largeRefused;
    private bool _largeSaid;
    private long _largeTicks;

    private volatile bool _needsTick;

    // The writer thread's own.
    private long _lookedTicks;
    private long _triedTicks;
    private long _freeBytesSeen = long.MaxValue;

    /// <summary>Any thread.</summary>
    public DiskSpaceState State => _status.State;

    /// <summary>Why no more could be claimed, in the system's words; empty in <see cref="DiskSpaceState.Ok"/>. Any thread.</summary>
    public string Reason => _status.Reason;

    /// <summary>When <see cref="DiskSpaceState.Ok"/> was last left or entered, Unix milliseconds; 0: never. Any thread.</summary>
    public long SinceMillis => _status.SinceMillis;

    /// <summary>Commands that were refused for want of room, since the start. Any thread.</summary>
    public long RejectedWrites => _status.RejectedWrites;

    /// <summary>Bytes of batches that the log takes for sure; 0 while there is no log. Any thread.</summary>
    public long ClaimedBytes => Volatile.Read(ref _log)?.ClaimedBytes ?? 0;

    /// <summary>The part of the claim that only deletions may use. Any thread.</summary>
    public long ReserveBytes { get; private set; }

    /// <summary>The writer is to call <see cref="Tick"/> at least every <see cref="TickMicros"/>. Any thread.</summary>
    public bool NeedsTick => _needsTick;

    public static long TickMicros => (long)LookPeriod.TotalMicroseconds;

    /// <summary>What the batch that is being filled may become with any write: the least of all limits, for one compare.</summary>
    public long FastBytesMax { get; private set; }

    /// <summary>From here on turns leave the batch to the writer.</summary>
    public long PauseBytes { get; private set; } = long.MaxValue;

    /// <summary>What the batch that is being filled may become with deletions.</summary>
    public long FillBytesMax { get; private set; }

    /// <summary>A log is open; nothing of it is being written.</summary>
    /// <param name="log">The log.</param>
    /// <param name="segmentBytes">Size of its ordinary segments.</param>
    /// <param name="pauseBytesMax">Where turns leave a batch to the writer at the latest.</param>
    public void Start(WalLog log, long segmentBytes, long pauseBytesMax)
    {
        long batchBytes = segmentBytes - SegmentOverheadBytes;
        ReserveBytes = Math.Clamp(segmentBytes / ReservePart, ReserveBytesMin, ReserveBytesMax);
        PauseBytes = Math.Min(pauseBytesMax, batchBytes / PausePart);

        // Behind a full batch there is room for a record up to this in an ordinary segment, so it need not wait for a lucky moment.
        _largeRecordBytes = (batchBytes - ReserveBytes - PauseBytes) / 2;
        _largeAsked = false;
        Volatile.Write(ref _log, log);
        Written();
    }

    /// <summary>The log is closed.</summary>
    public void Stop() => Volatile.Write(ref _log, null);

    /// <summary>A batch goes to the writer, and an empty one is filled from now on.</summary>
    public void Taken(long paddedBytes)
    {
        _writingBytes = paddedBytes;
        SetRoom(_log!.ClaimedBytes - _writingBytes);
    }

    /// <summary>Nothing is being written any more.</summary>
    public void Written()
    {
        _writingBytes = 0;
        _isStuck = false;
        SetRoom(_log!.ClaimedBytes);
        NoteClaim();
    }

    /// <summary>The log has claimed more, or has failed to. False: there is no log any more.</summary>
    public bool ClaimChanged()
    {
        if (_log is null || _isReleasing)
        {
            return _log is not null;
        }

        // While a batch is being written it may count twice, in the claim that it has lowered and in itself. What was found when it was
        // taken is true until it is written.
        SetRoom(Math.Max(FillBytesMax, _log.ClaimedBytes - _writingBytes));
        NoteClaim();
        return true;
    }

    /// <summary>Decides about a command that writes. The batch is not full.</summary>
    /// <param name="fillBytes">Bytes of the batch so far.</param>
    /// <param name="recordBytes">What the command adds to it at most; see <see cref="RecordBound"/>.</param>
    /// <param name="grows">It may make the data grow, so it may not use the reserve.</param>
    /// <param name="error">The reply, when it is refused.</param>
    public Admission Admit(long fillBytes, long recordBytes, bool grows, out string error)
    {
        error = "";
        long neededBytes = fillBytes + recordBytes;
        if (neededBytes <= (grows ? _growthBytesMax : FillBytesMax))
        {
            return Admission.Accepted;
        }

        if (_isReleasing || _log is null)
        {
            return Admission.Wait;
        }

        if (_isStuck || _log.ClaimFailed)
        {
            NoteClaim();
            error = Refuse(recordBytes, grows);
            return Admission.Refused;
        }

        return recordBytes > _largeRecordBytes ? AdmitLarge(_log, neededBytes, recordBytes, out error) : Admission.Wait;
    }

    /// <summary>
    /// The writer found that a segment cannot be made although room for it was claimed: somebody else has taken that. Until it can, no
    /// write is accepted.
    /// </summary>
    public void WriterIsStuck(StorageException failure)
    {
        if (!_isStuck)
        {
            _isStuck = true;
            _status.Say($"Disk full: a segment of the log cannot be made although room for it was claimed; what was accepted waits for it, unacknowledged. {failure.Message}");
        }

        Worsen(DiskSpaceState.ReserveUsed, failure);
        SetRoom(0);
    }

    /// <summary>
    /// The writer is idle and the batch empty: whether a large claim is to be given back that nobody came back for. If so, nothing is accepted
    /// until <see cref="EndRelease"/>.
    /// </summary>
    public bool BeginRelease(bool isAwaited)
    {
        if (!_largeAsked || isAwaited || engine.Time.GetElapsedTime(_largeTicks) < TryPeriod)
        {
            return false;
        }

        _largeAsked = false;
        _isReleasing = true;
        SetRoom(0);
        return true;
    }

    public void EndRelease()
    {
        _isReleasing = false;
        Written();
    }

    /// <summary>
    /// Tells the operator what has changed, and tries to claim what could not be claimed, when there is a sign of free room or long
    /// enough after the last attempt. The writer thread, outside turns.
    /// </summary>
    public void Tick()
    {
        if (engine.Time.GetElapsedTime(_lookedTicks) < LookPeriod)
        {
            return;
        }

        _lookedTicks = engine.Time.GetTimestamp();
        FlushLog();
        if (_log is not { ClaimFailed: true } log)
        {
            _freeBytesSeen = long.MaxValue;
            return;
        }

        long freeBytes = FreeBytes();
        if (freeBytes > _freeBytesSeen || engine.Time.GetElapsedTime(_triedTicks) > TryPeriod)
        {
            _triedTicks = _lookedTicks;
            log.RetryClaim();
        }

        _freeBytesSeen = freeBytes;
    }

    /// <summary>A segment of its own, made in the background, if no ordinary one will do.</summary>
    private Admission AdmitLarge(WalLog log, long neededBytes, long recordBytes, out string error)
    {
        error = "";
        bool fillHasRecords = neededBytes - recordBytes > WalLog.BatchBytesFor(0, 0);
        if (_writingBytes > _largeRecordBytes || (fillHasRecords && neededBytes > BatchBytesMax))
        {
            // Not two large segments at a time, and not more than a batch takes: what is before it first.
            return Admission.Wait;
        }

        if (_largeRefused && engine.Time.GetElapsedTime(_largeTicks) > LookPeriod)
        {
            _largeRefused = false;
            log.RetryClaim();
        }

        // Others may fill the batch while it is made, and behind it the reserve must be there as before.
        long claimBytes = Math.Max(neededBytes, recordBytes + PauseBytes) + _writingBytes + ReserveBytes;
        WalLargeClaim claim = log.ClaimLarge(claimBytes);
        if (claim == WalLargeClaim.Failed)
        {
            return RefuseLarge(log, recordBytes, out error);
        }

        _largeAsked = true;
        _largeRefused = false;
        _largeTicks = engine.Time.GetTimestamp();
        _needsTick = true;
        if (claim == WalLargeClaim.Pending)
        {
            return Admission.Wait;
        }

        _largeSaid = false;
        SetRoom(Math.Max(FillBytesMax, log.ClaimedBytes - _writingBytes));
        return neededBytes <= _growthBytesMax ? Admission.Accepted : Admission.Wait;
    }

    private Admission RefuseLarge(WalLog log, long recordBytes, out string error)
    {
        StorageException? cause = log.LargeClaimError;
        if (!_largeRefused)
        {
            _largeRefused = true;
            _largeTicks = engine.Time.GetTimestamp();
        }

        if (!_largeSaid)
        {
            _largeSaid = true;
            _needsTick = true;
            _status.Say($"Disk space: no room for a record of up to {recordBytes} bytes, the command is refused; smaller ones are accepted. {cause?.Message}");
        }

        error = _status.RefuseOne(SpaceStatus.ReasonOf(cause), recordBytes);
        return Admission.Refused;
    }

    private void SetRoom(long bytes)
    {
        FillBytesMax = Math.Max(0, bytes);

        // Once a small record was refused all are, until there is room again: clients had better see one thing.
        _growthBytesMax = State >= DiskSpaceState.Full ? 0 : Math.Max(0, bytes - ReserveBytes);
        FastBytesMax = Math.Min(PauseBytes, _growthBytesMax);
    }

    /// <summary>Keeps the state what the log says of its claim.</summary>
    private void NoteClaim()
    {
        StorageException? error = _log!.ClaimError;
        if (error is { Errno: Errno.EIO or Errno.EROFS })
        {
            // No want of room but a disk that has failed (D3). The log's own writes may never come to find out: they need this room first.
            engine.FailStop(error);
        }
        else if (error is not null)
        {
            Worsen(DiskSpaceState.Low, error);
        }
        else if (!_isStuck && State != DiskSpaceState.Ok)
        {
            _status.Heal();
            SetRoom(FillBytesMax);
        }
    }

    private string Refuse(long recordBytes, bool grows)
    {
        bool isFull = grows && State >= DiskSpaceState.Full;
        if (!isFull && !_isStuck && recordBytes > (grows ? SmallGrowthBytes : SmallDeletionBytes))
        {
            return _status.RefuseOne(SpaceStatus.ReasonOf(_log!.ClaimError), recordBytes);
        }

        Worsen(grows ? DiskSpaceState.Full : DiskSpaceState.ReserveUsed, _log!.ClaimError);
        SetRoom(FillBytesMax);
        return _status.Refuse();
    }

    private void Worsen(DiskSpaceState state, StorageException? cause)
    {
        _needsTick = true;
        _status.Worsen(state, cause, FillBytesMax, ReserveBytes);
    }

    private void FlushLog()
    {
        string[] lines;
        lock (engine.Turn)
        {
            lines = _status.TakeLines();
            _needsTick = State != DiskSpaceState.Ok || _largeAsked;
        }

        foreach (string line in lines)
        {
            engine.Log.Write(EngineLogLevel.Warning, line);
        }
    }

    private long FreeBytes()
    {
        try
        {
            return engine.Files.FreeBytes(engine.Config.Dir);
        }
        catch (StorageException)
        {
            // Then by time only.
            return _freeBytesSeen;
        }
    }
}
