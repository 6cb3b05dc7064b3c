namespace RespKv.Protocol;

/// <summary>A copy of a request that outlives the received bytes (MULTI's queue, the slow log, a paused client).</summary>
public sealed class StoredRequest
{
    private readonly byte[] _bytes;
    private readonly ArgumentRange[] _ranges;

    private StoredRequest(byte[] bytes, ArgumentRange[] ranges)
    {
        _bytes = bytes;
        _ranges = ranges;
    }

    public RequestArgs Args => new(_bytes, _ranges);

    public static StoredRequest Copy(RequestArgs args)
    {
        byte[] bytes = new byte[args.ByteCount];
        ArgumentRange[] ranges = new ArgumentRange[args.Count];
        int start = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            ReadOnlySpan<byte> argument = args[i];
            argument.CopyTo(bytes.AsSpan(start));
            ranges[i] = new ArgumentRange(start, argument.Length);
            start += argument.Length;
        }

        return new StoredRequest(bytes, ranges);
    }
}
