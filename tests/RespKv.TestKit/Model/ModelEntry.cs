using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RespKv.TestKit.Model;

/// <summary>A string and when it expires, in Unix milliseconds, or <see cref="Never"/>.</summary>
internal sealed record ModelEntry(string Value, long ExpireAtMillis = ModelEntry.Never)
{
    public const long Never = -1;

    private string? _fingerprintOf;
    private UInt128 _fingerprint;

    /// <summary>What "with" copies: not the fingerprint, which goes with the value.</summary>
    private ModelEntry(ModelEntry other) => (Value, ExpireAtMillis) = (other.Value, other.ExpireAtMillis);

    public bool HasExpiry => ExpireAtMillis != Never;

    /// <summary>Redis lets a key live through the millisecond that it expires at.</summary>
    public bool IsVisible(long nowMillis) => !HasExpiry || nowMillis <= ExpireAtMillis;

    public UInt128 Fingerprint(int database, string key)
    {
        string place = ServerModel.Name(database, key);
        if (_fingerprintOf != place)
        {
            string all = string.Create(CultureInfo.InvariantCulture, $"{place.Length} {place} {ExpireAtMillis} {Value}");
            _fingerprint = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.Latin1.GetBytes(all)));
            _fingerprintOf = place;
        }

        return _fingerprint;
    }
}
