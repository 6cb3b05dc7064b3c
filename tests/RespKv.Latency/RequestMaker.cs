using System.Text;

namespace RespKv.Latency;

/// <summary>
/// Requests that are ready but for the key's digits. Keys are <c>key:</c> and twelve digits, as redis-benchmark's are. Making one
/// allocates nothing. One thread at a time.
/// </summary>
internal sealed class RequestMaker
{
    public const long KeysMax = 999_999_999_999;

    private const int KeyDigits = 12;
    private const int KeyBytes = 4 + KeyDigits;

    private readonly byte[] _set;
    private readonly byte[] _get;
    private readonly int _setDigits;
    private readonly int _getDigits;
    private readonly long _keys;
    private readonly CommandMix _mix;
    private ulong _random;

    public RequestMaker(Options options, int seed)
    {
        _keys = options.Keys;
        _mix = options.Command;
        _random = ((ulong)seed + 1) * 0x9E37_79B9_7F4A_7C15;
        string setHead = $"*3\r\n$3\r\nSET\r\n${KeyBytes}\r\nkey:";
        string getHead = $"*2\r\n$3\r\nGET\r\n${KeyBytes}\r\nkey:";
        string noDigits = new('0', KeyDigits);
        string value = new('x', options.ValueBytes);
        _set = Encoding.ASCII.GetBytes($"{setHead}{noDigits}\r\n${options.ValueBytes}\r\n{value}\r\n");
        _get = Encoding.ASCII.GetBytes($"{getHead}{noDigits}\r\n");
        _setDigits = setHead.Length;
        _getDigits = getHead.Length;
    }

    /// <summary>No request has more.</summary>
    public int BytesMax => _set.Length;

    /// <summary>Writes the next request. Returns its length.</summary>
    public int Next(Span<byte> target, out bool isGet)
    {
        ulong random = NextRandom();
        isGet = _mix == CommandMix.Get || (_mix == CommandMix.Mixed && (random & 1) != 0);

        // The upper half of a product: the keys that come up a little more often are one in 2^64 / keys.
        long key = (long)Math.BigMul(random, (ulong)_keys, out _);
        return isGet ? Write(target, _get, _getDigits, key) : Write(target, _set, _setDigits, key);
    }

    /// <summary>Writes a SET of this key. Returns its length.</summary>
    public int Set(Span<byte> target, long key) => Write(target, _set, _setDigits, key);

    private static int Write(Span<byte> target, byte[] request, int digits, long key)
    {
        request.CopyTo(target);
        for (int i = digits + KeyDigits - 1; key > 0; i--)
        {
            (key, long digit) = Math.DivRem(key, 10);
            target[i] = (byte)('0' + digit);
        }

        return request.Length;
    }

    /// <summary>splitmix64.</summary>
    private ulong NextRandom()
    {
        ulong z = _random += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }
}
