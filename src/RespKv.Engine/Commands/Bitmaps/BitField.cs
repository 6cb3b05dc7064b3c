namespace RespKv.Engine.Commands.Bitmaps;

/// <summary>What BITFIELD does with a value that its field cannot hold.</summary>
internal enum FieldOverflow
{
    /// <summary>The low bits stay.</summary>
    Wrap,

    /// <summary>The nearest value that fits.</summary>
    Saturate,

    /// <summary>The field stays as it is, the reply is nil.</summary>
    Fail,
}

/// <summary>An integer of 1 to 64 bits anywhere in a string, most significant bit first.</summary>
/// <param name="Offset">Its first bit.</param>
/// <param name="Bits">Its width.</param>
/// <param name="IsSigned">Two's complement; otherwise at most 63 bits wide.</param>
internal readonly record struct BitField(long Offset, int Bits, bool IsSigned)
{
    /// <summary>Bytes that a field can lie in at most.</summary>
    public const int WindowBytes = 9;

    private const int BitsPerByte = 8;

    /// <summary>The first byte that has a bit of it.</summary>
    public long FirstByte => Offset / BitsPerByte;

    /// <summary>The number of bytes that have a bit of it.</summary>
    public int ByteCount => (int)(((Offset + Bits - 1) / BitsPerByte) - FirstByte + 1);

    private int Shift => (int)(Offset % BitsPerByte);

    private long Max => IsSigned ? long.MaxValue >> (64 - Bits) : (1L << Bits) - 1;

    private long Min => IsSigned ? long.MinValue >> (64 - Bits) : 0;

    /// <summary>Reads it from the bytes from <see cref="FirstByte"/> on.</summary>
    public long Read(ReadOnlySpan<byte> window)
    {
        UInt128 bits = Join(window) >> (Width - Shift - Bits);
        ulong value = (ulong)bits;
        if (!IsSigned)
        {
            return (long)(value & ((1UL << Bits) - 1));
        }

        int unused = 64 - Bits;
        return (long)(value << unused) >> unused;
    }

    /// <summary>Writes it there; the other bits stay.</summary>
    public void Write(Span<byte> window, long value)
    {
        int low = Width - Shift - Bits;
        UInt128 mask = ((UInt128.One << Bits) - 1) << low;
        UInt128 bits = (Join(window) & ~mask) | (((UInt128)(ulong)value << low) & mask);
        for (int i = ByteCount - 1; i >= 0; i--)
        {
            window[i] = (byte)bits;
            bits >>= BitsPerByte;
        }
    }

    /// <summary>
    /// What the field holds for <paramref name="value"/> + <paramref name="increment"/>. False: nothing, since it does not fit and
    /// <paramref name="overflow"/> is to fail.
    /// </summary>
    /// <param name="value">For SET any number, taken as one without a sign if the field is one; for INCRBY what the field holds.</param>
    /// <param name="increment">0 for SET.</param>
    /// <param name="overflow">What becomes of a sum that the field cannot hold.</param>
    /// <param name="stored">What the field holds.</param>
    public bool TryFit(long value, long increment, FieldOverflow overflow, out long stored)
    {
        Int128 sum = IsSigned ? (Int128)value + increment : (Int128)(ulong)value + increment;
        stored = (long)(ulong)(UInt128)sum;
        if (sum >= Min && sum <= Max)
        {
            return true;
        }

        if (overflow == FieldOverflow.Saturate)
        {
            stored = sum > Max ? Max : Min;
        }
        else
        {
            int unused = 64 - Bits;
            stored = IsSigned ? (stored << unused) >> unused : stored & Max;
        }

        return overflow != FieldOverflow.Fail;
    }

    private int Width => ByteCount * BitsPerByte;

    private UInt128 Join(ReadOnlySpan<byte> window)
    {
        UInt128 bits = 0;
        foreach (byte part in window[..ByteCount])
        {
            bits = (bits << BitsPerByte) | part;
        }

        return bits;
    }
}
