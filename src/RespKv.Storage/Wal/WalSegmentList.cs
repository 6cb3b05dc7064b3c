namespace RespKv.Storage.Wal;

/// <summary>
/// The segments of the open log in the order of their LSNs: the writer adds at the end, retirement takes from the front,
/// readers look up. Thread safe.
/// </summary>
internal sealed class WalSegmentList
{
    private readonly Lock _gate = new();
    private readonly List<WalSegmentFile> _segments = [];

    internal WalSegmentList(IEnumerable<WalSegmentFile> segments) => _segments.AddRange(segments);

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _segments.Count;
            }
        }
    }

    /// <summary>Adds the next segment. One without a record that is replaced, because its first batch did not fit, has the same first LSN.</summary>
    internal void Add(WalSegmentFile segment)
    {
        lock (_gate)
        {
            if (_segments.Count > 0 && _segments[^1].FirstLsn == segment.FirstLsn)
            {
                _segments.RemoveAt(_segments.Count - 1);
            }

            _segments.Add(segment);
        }
    }

    /// <summary>The segment that holds the LSN, or will when it is the next one; null when it was retired.</summary>
    internal WalSegmentFile? Find(long lsn)
    {
        lock (_gate)
        {
            return _segments.FindLast(segment => segment.FirstLsn <= lsn);
        }
    }

    /// <summary>
    /// The first segment, when the checkpoint covers it and the next one holds a durable record. The latter keeps the
    /// active segment, and one whose header may not be on disk yet from being all that is left of the log; and it means
    /// that what the segment holds, a seal included, lies below the first LSN of any segment to come.
    /// </summary>
    internal WalSegmentFile? FindRetirable(long checkpointLsn, long durableLsn)
    {
        lock (_gate)
        {
            return _segments.Count > 1 && _segments[1].FirstLsn - 1 <= checkpointLsn && _segments[1].FirstLsn <= durableLsn
                ? _segments[0]
                : null;
        }
    }

    internal void Remove(WalSegmentFile segment)
    {
        lock (_gate)
        {
            _segments.Remove(segment);
        }
    }
}
