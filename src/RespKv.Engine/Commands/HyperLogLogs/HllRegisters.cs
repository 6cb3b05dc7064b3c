namespace RespKv.Engine.Commands.HyperLogLogs;

/// <summary>The two ways in which registers lie in a value (<see cref="HllFormat"/>), read and, where they are dense, written.</summary>
internal static class HllRegisters
{
    private const int RegisterMask = (1 << HllFormat.RegisterBits) - 1;

    private const byte LongZeros = 0x40;

    private const byte Value = 0x80;

    private const byte KindMask = 0xC0;

    private const int LengthMask = 0x3F;

    /// <summary>A dense register. <paramref name="registers"/>: what is behind the header.</summary>
    public static int Get(ReadOnlySpan<byte> registers, int index)
    {
        int bit = index * HllFormat.RegisterBits;
        int at = bit / 8;
        int pair = registers[at] | (at + 1 < registers.Length ? registers[at + 1] << 8 : 0);
        return (pair >> (bit % 8)) & RegisterMask;
    }

    public static void Set(Span<byte> registers, int index, int value)
    {
        int bit = index * HllFormat.RegisterBits;
        int at = bit / 8;
        int shift = bit % 8;
        registers[at] = (byte)((registers[at] & ~(RegisterMask << shift)) | (value << shift));
        if (shift + HllFormat.RegisterBits > 8)
        {
            int low = 8 - shift;
            registers[at + 1] = (byte)((registers[at + 1] & ~(RegisterMask >> low)) | (value >> low));
        }
    }

    /// <summary>Reads the run at the start of the bytes, which are not empty.</summary>
    public static SparseRun ReadRun(ReadOnlySpan<byte> bytes)
    {
        byte first = bytes[0];
        if ((first & Value) != 0)
        {
            return new SparseRun(1, (first & (HllFormat.ValueRunMax - 1)) + 1, ((first >> 2) & (HllFormat.SparseValueMax - 1)) + 1);
        }

        if ((first & KindMask) == 0)
        {
            return new SparseRun(1, (first & LengthMask) + 1, 0);
        }

        // Cut off, its second byte counts as 0: so Redis takes it.
        int second = bytes.Length > 1 ? bytes[1] : 0;
        return new SparseRun(2, (((first & LengthMask) << 8) | second) + 1, 0);
    }

    /// <summary>Writes a run of at most <see cref="HllFormat.LongZerosMax"/> zeros; returns the bytes written, 1 or 2.</summary>
    public static int WriteZeros(Span<byte> bytes, int length)
    {
        if (length <= HllFormat.ShortZerosMax)
        {
            bytes[0] = (byte)(length - 1);
            return 1;
        }

        return WriteLongZeros(bytes, length);
    }

    /// <summary>As <see cref="WriteZeros"/>, in two bytes however short it is.</summary>
    public static int WriteLongZeros(Span<byte> bytes, int length)
    {
        bytes[0] = (byte)(((length - 1) >> 8) | LongZeros);
        bytes[1] = (byte)(length - 1);
        return 2;
    }

    /// <summary>Writes a run of at most <see cref="HllFormat.ValueRunMax"/> registers of that value; returns the bytes written.</summary>
    public static int WriteValues(Span<byte> bytes, int value, int length)
    {
        bytes[0] = (byte)(((value - 1) << 2) | (length - 1) | Value);
        return 1;
    }
}

/// <summary>Registers of one value, as one instruction of the sparse encoding gives them.</summary>
/// <param name="Bytes">Of the instruction.</param>
/// <param name="Length">Number of registers.</param>
/// <param name="Value">What they hold.</param>
internal readonly record struct SparseRun(int Bytes, int Length, int Value);
