namespace RespKv.Engine.Eviction;

/// <summary>
/// The best keys to evict among all that were sampled so far: choosing from them comes nearer to the best of all keys than choosing from one
/// sample does. Keys may have changed or gone since. Guarded by the turn.
/// </summary>
internal sealed class EvictionPool
{
    /// <summary>As in Redis.</summary>
    public const int Capacity = 16;

    private readonly Candidate[] _candidates = new Candidate[Capacity];
    private int _count;

    /// <summary>Whether a key of that score would be taken.</summary>
    public bool Takes(long score) => _count < Capacity || score > _candidates[0].Score;

    /// <summary>Adds a key that the pool <see cref="Takes"/>; the one with the lowest score leaves for it.</summary>
    public void Add(Candidate candidate)
    {
        if (_count == Capacity)
        {
            Array.Copy(_candidates, 1, _candidates, 0, --_count);
        }

        int place = _count;
        while (place > 0 && _candidates[place - 1].Score > candidate.Score)
        {
            _candidates[place] = _candidates[place - 1];
            place--;
        }

        _candidates[place] = candidate;
        _count++;
    }

    /// <summary>Takes the key with the highest score out.</summary>
    public bool TryTakeBest(out Candidate candidate)
    {
        if (_count == 0)
        {
            candidate = default;
            return false;
        }

        candidate = _candidates[--_count];
        _candidates[_count] = default;
        return true;
    }

    public void Clear()
    {
        Array.Clear(_candidates);
        _count = 0;
    }
}

/// <summary>A key that may be evicted.</summary>
/// <param name="Database">Its database's number.</param>
/// <param name="Key">A copy of its bytes.</param>
/// <param name="Score">The higher, the sooner it goes.</param>
internal readonly record struct Candidate(int Database, byte[] Key, long Score);
