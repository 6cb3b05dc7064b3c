namespace RespKv.Protocol;

/// <summary>
/// The arguments of one request, as views of the received bytes: valid as long as those are. Argument 0 is the command's name.
/// </summary>
public readonly ref struct RequestArgs
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<ArgumentRange> _ranges;

    internal RequestArgs(ReadOnlySpan<byte> bytes, ReadOnlySpan<ArgumentRange> ranges)
    {
        _bytes = bytes;
        _ranges = ranges;
    }

    /// <summary>Number of arguments, the command's name included.</summary>
    public int Count => _ranges.Length;

    /// <summary>Sum of the arguments' lengths in bytes. Adds them up at every call.</summary>
    public int ByteCount
    {
        get
        {
            int bytes = 0;
            foreach (ArgumentRange range in _ranges)
            {
                bytes += range.Length;
            }

            return bytes;
        }
    }

    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            ref readonly ArgumentRange range = ref _ranges[index];
            return _bytes.Slice(range.Start, range.Length);
        }
    }

    /// <summary>The arguments from <paramref name="start"/> on, as a request of their own (COMMAND GETKEYS, subcommands).</summary>
    public RequestArgs Slice(int start) => new(_bytes, _ranges[start..]);

    internal ReadOnlySpan<ArgumentRange> Ranges => _ranges;
}
