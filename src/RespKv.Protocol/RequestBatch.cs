namespace RespKv.Protocol;

/// <summary>
/// Requests that were parsed out of one buffer, in order. Reused: holds ranges of that buffer, not bytes. Only inline requests,
/// whose arguments may be quoted, are copied, into an arena of their own.
/// </summary>
public sealed class RequestBatch
{
    /// <summary>Memory kept by <see cref="Clear"/>: enough for a pipeline of thousands of commands; a request of a million arguments gives its 8 MB back.</summary>
    internal const int ArgumentsKeptMax = 16_384;

    /// <summary>See <see cref="ArgumentsKeptMax"/>.</summary>
    internal const int RequestsKeptMax = 4_096;

    /// <summary>One inline request of the largest size.</summary>
    internal const int ArenaBytesKeptMax = 64 * 1024;

    private const int FirstCapacity = 16;

    private Entry[] _requests = new Entry[FirstCapacity];
    private byte[] _arena = [];
    private int _arenaLength;

    /// <summary>Number of requests.</summary>
    public int Count { get; private set; }

    internal ArgumentList Arguments { get; } = new();

    /// <summary>The arguments of a request. <paramref name="data"/> is what was given to the parser, from the same start.</summary>
    public RequestArgs Get(int request, ReadOnlySpan<byte> data)
    {
        if ((uint)request >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(request));
        }

        ref readonly Entry entry = ref _requests[request];
        return new RequestArgs(entry.InArena ? _arena.AsSpan(0, _arenaLength) : data, Arguments.Slice(entry.First, entry.Count));
    }

    /// <summary>Forgets all requests, and gives back arrays that grew beyond what a usual batch needs.</summary>
    public void Clear()
    {
        Count = 0;
        _arenaLength = 0;
        Arguments.Clear(ArgumentsKeptMax);
        if (_requests.Length > RequestsKeptMax)
        {
            _requests = new Entry[FirstCapacity];
        }

        if (_arena.Length > ArenaBytesKeptMax)
        {
            _arena = [];
        }
    }

    /// <summary>Makes a request of the arguments from <paramref name="firstArgument"/> to the end of <see cref="Arguments"/>.</summary>
    internal void Add(int firstArgument, bool inArena = false)
    {
        if (Count == _requests.Length)
        {
            Array.Resize(ref _requests, 2 * Count);
        }

        _requests[Count++] = new Entry(firstArgument, Arguments.Count - firstArgument, inArena);
    }

    /// <summary>Room for <paramref name="bytes"/> unquoted bytes behind those that are already there.</summary>
    internal Span<byte> ArenaRoom(int bytes, out int start)
    {
        start = _arenaLength;
        if (_arena.Length - _arenaLength < bytes)
        {
            Array.Resize(ref _arena, Math.Max(checked(_arenaLength + bytes), (int)Math.Min(Array.MaxLength, 2L * _arena.Length)));
        }

        return _arena.AsSpan(start, bytes);
    }

    internal void ArenaUsed(int bytes) => _arenaLength += bytes;

    private readonly struct Entry(int first, int count, bool inArena)
    {
        public readonly int First = first;
        public readonly int Count = count;
        public readonly bool InArena = inArena;
    }
}
