using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RespKv.Http.Api.Keys;

/// <summary>
/// The version of a key: the first 128 bits of the SHA-256 of its type and content. Equal content has the equal version, also after a restart and on
/// another server; the time to live is no part of it. See docs/adr/0010-http-versions.md.
/// </summary>
internal sealed class VersionHash : IDisposable
{
    private const int VersionBytes = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _number = new byte[sizeof(long)];

    public VersionHash(StoredType type) => Add(type.Name.AsSpan());

    public static string OfString(ReadOnlySpan<byte> value)
    {
        using var hash = new VersionHash(StoredType.String);
        hash.Add(value);
        return hash.Finish();
    }

    /// <summary>Adds bytes with their length in front.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, bytes.Length);
        _hash.AppendData(_number);
        _hash.AppendData(bytes);
    }

    public void Add(double number)
    {
        // -0 is what 0 is to a sorted set.
        BinaryPrimitives.WriteDoubleLittleEndian(_number, number == 0 ? 0 : number);
        _hash.AppendData(_number);
    }

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, VersionBytes));

    public void Dispose() => _hash.Dispose();

    private void Add(ReadOnlySpan<char> name)
    {
        Span<byte> bytes = stackalloc byte[name.Length];
        Add(bytes[..System.Text.Encoding.ASCII.GetBytes(name, bytes)]);
    }
}
