using RespKv.Protocol;

namespace RespKv.Fuzz.Protocol;

/// <summary>
/// An input of the request parser: four bytes that say under which limits the client is and how its bytes are cut, then the bytes
/// that it sends.
/// </summary>
internal readonly ref struct RequestInput(ReadOnlySpan<byte> input)
{
    public const int HeadBytes = 4;

    private readonly ReadOnlySpan<byte> _input = input;

    public ReadOnlySpan<byte> Data => _input[Math.Min(HeadBytes, _input.Length)..];

    /// <summary>Where the cuts come from.</summary>
    public uint CutSeed => (uint)((Head(2) << 8) | Head(3));

    /// <summary>Requests that are asked for at once.</summary>
    public int RequestsMax => (Head(1) & 7) == 0 ? int.MaxValue : Head(1) & 7;

    /// <summary>After so many requests the client has authenticated.</summary>
    public int AuthenticatesAfter => Head(1) & 3;

    /// <summary>Once in so many batches only a part of the requests is executed, and the rest is parsed again; 0 for never.</summary>
    public int RewindOneIn => Head(1) >> 5;

    public bool BeginsUnauthenticated => (Head(0) & 3) == 3;

    /// <summary>
    /// The limits of the product, or small ones, so that short inputs reach all of them. Before authentication the large limits are
    /// told from those of the client, so it has smaller ones then.
    /// </summary>
    public ParserLimits Limits(int requestsDone) => (Head(0) & 3) switch
    {
        0 => ParserLimits.Default,
        1 => new ParserLimits(ArgumentsMax: 12, BulkBytesMax: 1500, InlineBytesMax: 60),
        2 => new ParserLimits(ArgumentsMax: 3, BulkBytesMax: 20, InlineBytesMax: 8),
        _ when requestsDone < AuthenticatesAfter => ParserLimits.Unauthenticated with { InlineBytesMax = 60 },
        _ => ParserLimits.Default with { InlineBytesMax = 60 },
    };

    private int Head(int at) => at < _input.Length ? _input[at] : 0;
}
