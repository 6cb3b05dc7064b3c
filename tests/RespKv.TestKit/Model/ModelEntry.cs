using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RespKv.TestKit.Model;

/// <summary>
/// A value, its type as TYPE says it, and when it expires, in Unix milliseconds, or <see cref="Never"/>. The value of a collection is
/// spelled by <see cref="ModelElements"/>: equal ones have equal spellings.
/// </summary>
internal sealed record ModelEntry(string Value, long ExpireAtMillis = ModelEntry.Never, string Type = ModelEntry.String)
{
    public const long Never = -1;
    public const string String = "string";

    private string? _fingerprintOf;
    private UInt128 _fingerprint;

    /// <summary>What "with" copies: not the fingerprint, which goes with the value.</summary>
    private ModelEntry(ModelEntry other) => (Value, ExpireAtMillis, Type) = (other.Value, other.ExpireAtMillis, other.Type);

    public bool HasExpiry => ExpireAtMillis != Never;

    /// <summary>Redis lets a key live through the millisecond that it expires at.</summary>
    public bool IsVisible(long nowMillis) => !HasExpiry || nowMillis <= ExpireAtMillis;

    public UInt128 Fingerprint(int database, string key)
    {
        string place = ServerModel.Name(database, key);
        if (_fingerprintOf != place)
        {
            string all = string.Create(CultureInfo.InvariantCulture, $"{place.Length} {place} {ExpireAtMillis} {Type} {Value}");
            _fingerprint = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.Latin1.GetBytes(all)));
            _fingerprintOf = place;
        }

        return _fingerprint;
    }
}
