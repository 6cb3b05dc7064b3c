namespace RespKv.Protocol;

/// <summary>Where an argument lies: in the received data, or in the arena of inline arguments. Units are bytes.</summary>
internal readonly struct ArgumentRange(int start, int length)
{
    public readonly int Start = start;
    public readonly int Length = length;
}

/// <summary>A growing list of ranges. Starts without memory: an idle connection's parser holds none.</summary>
internal sealed class ArgumentList
{
    private const int FirstCapacity = 16;

    private ArgumentRange[] _ranges = [];

    public int Count { get; private set; }

    public void Add(int start, int length)
    {
        Reserve(1)[0] = new ArgumentRange(start, length);
        Count++;
    }

    /// <summary>Appends ranges, moved by <paramref name="offset"/> bytes.</summary>
    public void AddMoved(ReadOnlySpan<ArgumentRange> ranges, int offset)
    {
        Span<ArgumentRange> target = Reserve(ranges.Length);
        for (int i = 0; i < ranges.Length; i++)
        {
            target[i] = new ArgumentRange(ranges[i].Start + offset, ranges[i].Length);
        }

        Count += ranges.Length;
    }

    public ReadOnlySpan<ArgumentRange> Slice(int start, int count) => new(_ranges, start, count);

    public void Truncate(int count) => Count = count;

    /// <summary>Empties the list; memory for more than <paramref name="keptMax"/> ranges goes back.</summary>
    public void Clear(int keptMax)
    {
        Count = 0;
        if (_ranges.Length > keptMax)
        {
            _ranges = [];
        }
    }

    /// <summary>Room for ranges at the end. They count after <see cref="Advance"/>.</summary>
    public Span<ArgumentRange> Reserve(int count)
    {
        if (_ranges.Length - Count < count)
        {
            Grow(count);
        }

        return _ranges.AsSpan(Count, count);
    }

    public void Advance(int count) => Count += count;

    private void Grow(int more)
        => Array.Resize(ref _ranges, Math.Max(Math.Max(FirstCapacity, checked(Count + more)), (int)Math.Min(Array.MaxLength, 2L * _ranges.Length)));
}
