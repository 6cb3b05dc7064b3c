namespace RespKv.Storage.Tables;

/// <summary>Arrays that are used again and again and grow by doubling.</summary>
internal static class Grow
{
    private const int BytesMin = 256;

    /// <summary>Larger arrays are not kept for a next use: one huge value would be held for ever.</summary>
    private const int KeepBytesMax = 4 << 20;

    /// <summary>Room for so many bytes behind the first <paramref name="used"/>, which stay.</summary>
    internal static void ToHold(ref byte[] array, int used, long bytes)
    {
        long needed = used + bytes;
        if (needed > array.Length)
        {
            Resize(ref array, used, needed);
        }
    }

    /// <summary>Room for so many bytes; what was in it is gone.</summary>
    internal static void Afresh(ref byte[] array, int bytes)
    {
        if (bytes > array.Length)
        {
            array = [];
            array = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, BytesMin));
        }
    }

    /// <summary>Lets go of a large array that is not needed at this size.</summary>
    internal static void Trim(ref byte[] array, int bytes)
    {
        if (array.Length > KeepBytesMax && bytes <= KeepBytesMax)
        {
            array = [];
        }
    }

    private static void Resize(ref byte[] array, int used, long needed)
    {
        if (needed > Array.MaxLength)
        {
            throw new InvalidDataException($"{needed} bytes do not fit one array");
        }

        long doubled = Math.Max(BytesMin, Math.Min(2L * array.Length, Array.MaxLength));
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Max(needed, doubled));
        array.AsSpan(0, used).CopyTo(larger);
        array = larger;
    }
}
