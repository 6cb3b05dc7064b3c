namespace RespKv.CrashTests.Loads;

/// <summary>How an operation ended for the one who sent it.</summary>
internal enum Fate : byte
{
    /// <summary>No answer came: it may have happened or not.</summary>
    Unknown,

    Acknowledged,

    /// <summary>Answered with an error: it has not happened.</summary>
    Refused,
}

/// <summary>
/// What is known of one writer's keys: what they held at the start of this life, what was sent since, how it ended and what
/// others were shown. It outlives the server.
/// </summary>
internal sealed class SequenceLedger(SequencePlan plan)
{
    // Written by the writer alone; the readers look at the last number that was sent.
    private readonly List<Fate> _fates = [];
    private long _sent = -1;
    private long _answered;
    private long _refused;

    // Guarded by itself: several readers.
    private readonly HashSet<long> _shown = [];

    public SequencePlan Plan => plan;

    /// <summary>The first operation of this life.</summary>
    public long First { get; private set; }

    /// <summary>The last operation that was sent; one less than the first before anything was. Any thread.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Operations of this life that were answered. Any thread.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Those that were answered with an error. Any thread.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>What the keys held when this life began; a key that is not there is not in it.</summary>
    public IReadOnlyDictionary<string, string> Start { get; private set; } = new Dictionary<string, string>();

    /// <summary>The operations of this life that clients other than the writer have seen.</summary>
    public IReadOnlyCollection<long> Shown
    {
        get
        {
            lock (_shown)
            {
                return [.. _shown];
            }
        }
    }

    public SequenceOperation Next() => plan.Make(Sent + 1);

    public void Send(SequenceOperation operation)
    {
        _fates.Add(Fate.Unknown);
        Volatile.Write(ref _sent, operation.Number);
    }

    public void End(long number, Fate fate)
    {
        _fates[(int)(number - First)] = fate;
        Volatile.Write(ref _answered, _answered + 1);
        if (fate == Fate.Refused)
        {
            Volatile.Write(ref _refused, _refused + 1);
        }
    }

    public Fate FateOf(long number) => _fates[(int)(number - First)];

    public void Show(long number)
    {
        if (number >= First)
        {
            lock (_shown)
            {
                _shown.Add(number);
            }
        }
    }

    /// <summary>A new life begins with what was found; what became of the operations before is settled by it.</summary>
    public void Begin(IReadOnlyDictionary<string, string> found)
    {
        Start = found;
        First = Sent + 1;
        _fates.Clear();
        _answered = 0;
        _refused = 0;
        _shown.Clear();
    }
}
