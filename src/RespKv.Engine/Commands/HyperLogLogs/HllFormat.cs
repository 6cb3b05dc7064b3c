namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>
/// A HyperLogLog as Redis keeps it in a string, byte for byte: such values move both ways. A header of 16 bytes: <c>HYLL</c>, the encoding, 3 zeros, the
/// cached cardinality (little-endian, its highest bit set when it is out of date). Then 16,384 registers of 6 bits:
/// dense, packed from the least significant bit on; or sparse, runs of them:
/// <code>
/// 00nnnnnn            n+1 registers are 0
/// 01nnnnnn nnnnnnnn   n+1 registers are 0
/// 1vvvvvnn            n+1 registers are v+1
/// </code>
/// </summary>
internal static class HllFormat
{
    public const int HeaderBytes = 16;

    public const int EncodingOffset = 4;

    public const int CardinalityOffset = 8;

    /// <summary>The byte with the bit that says that the cached cardinality is out of date.</summary>
    public const int StaleOffset = 15;

    public const byte StaleBit = 0x80;

    public const byte Dense = 0;

    public const byte Sparse = 1;

    /// <summary>Bits of a hash that choose the register.</summary>
    public const int IndexBits = 14;

    public const int Registers = 1 << IndexBits;

    /// <summary>Bits of a hash whose leading zeros are counted, from the low end.</summary>
    public const int RankBits = 64 - IndexBits;

    public const int RegisterBits = 6;

    public const int DenseBytes = HeaderBytes + (Registers * RegisterBits / 8);

    /// <summary>Registers of the longest run of one byte.</summary>
    public const int ShortZerosMax = 64;

    /// <summary>Registers of the longest run of two bytes: all of them.</summary>
    public const int LongZerosMax = Registers;

    public const int ValueRunMax = 4;

    /// <summary>The highest value of a register that a sparse one can have.</summary>
    public const int SparseValueMax = 32;

    public static ReadOnlySpan<byte> Magic => "HYLL"u8;
}
