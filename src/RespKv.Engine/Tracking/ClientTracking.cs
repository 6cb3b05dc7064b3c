using RespKv.Engine.PubSub;

namespace RespKv.Engine.Tracking;

/// <summary>How a client wants to be told of changes (CLIENT TRACKING).</summary>
[Flags]
internal enum TrackingOptions
{
    None = 0,

    /// <summary>Every key with one of the prefixes, read or not.</summary>
    Broadcast = 1 << 0,

    /// <summary>Only what is read behind CLIENT CACHING YES.</summary>
    OptIn = 1 << 1,

    /// <summary>Not what is read behind CLIENT CACHING NO.</summary>
    OptOut = 1 << 2,

    /// <summary>Not the client's own changes.</summary>
    NoLoop = 1 << 3,
}

/// <summary>The tracking of one client, from CLIENT TRACKING ON to OFF. Guarded by the turn.</summary>
internal sealed class ClientTracking
{
    public TrackingOptions Options { get; set; }

    /// <summary>Id of the client that is told instead, 0: none.</summary>
    public long Redirect { get; set; }

    /// <summary>The other client is gone.</summary>
    public bool IsRedirectBroken { get; set; }

    /// <summary>CLIENT CACHING was said, for the next command or block.</summary>
    public bool IsCachingSaid { get; set; }

    /// <summary>With <see cref="TrackingOptions.Broadcast"/>: the client's prefixes, sorted.</summary>
    public SortedSet<byte[]> Prefixes { get; } = new(BytesOrder.Instance);

    public bool Has(TrackingOptions options) => (Options & options) != 0;

    /// <summary>Whether the keys that the next command reads are to be remembered.</summary>
    public bool RemembersReads
        => !Has(TrackingOptions.Broadcast) && (!Has(TrackingOptions.OptIn) || IsCachingSaid) && (!Has(TrackingOptions.OptOut) || !IsCachingSaid);
}

/// <summary>Byte by byte.</summary>
internal sealed class BytesOrder : IComparer<byte[]>
{
    public static readonly BytesOrder Instance = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}

/// <summary>A key that clients may have cached, and which.</summary>
internal sealed class TrackedKey(byte[] key)
{
    /// <summary>Up to here a list is searched; beyond it a set.</summary>
    private const int ListMax = 8;

    private readonly List<long> _ids = new(1);
    private HashSet<long>? _set;

    public byte[] Key { get; } = key;

    /// <summary>Place in the table's list, which is there to choose one at random.</summary>
    public int Index { get; set; }

    public IReadOnlyList<long> Clients => _ids;

    /// <summary>False: it was there.</summary>
    public bool Add(long client)
    {
        if (_set is not null ? !_set.Add(client) : _ids.Contains(client))
        {
            return false;
        }

        _ids.Add(client);
        if (_set is null && _ids.Count > ListMax)
        {
            _set = [.. _ids];
        }

        return true;
    }
}

/// <summary>A prefix, who listens to it, and which keys have changed since they were last told.</summary>
internal sealed class BroadcastPrefix(byte[] prefix)
{
    public byte[] Prefix { get; } = prefix;

    /// <summary>In the order of their ids.</summary>
    public SortedDictionary<long, Sessions.Session> Clients { get; } = [];

    /// <summary>Each with the client that changed it last, null: the server itself.</summary>
    public Dictionary<byte[], Sessions.Session?> Changed { get; } = new(BytesComparer.Instance);
}
