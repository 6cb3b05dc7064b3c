namespace RespKv.Engine.Keyspace;

/// <summary>
/// The bytes of an entry's cell, made before there is a cell: any thread can make them, and the one that owns the database
/// only copies them. They are what <see cref="EntryStore"/> would write for the same string.
/// </summary>
internal static class EntryImage
{
    /// <summary>The most that an image has.</summary>
    public const int BytesMax = SizeClasses.CellBytesMax;

    /// <summary>Returns the bytes written; 0 when the string needs an array of its own (<see cref="EntryStore.NewLarge"/>).</summary>
    /// <param name="image">At least <see cref="BytesMax"/>.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The string; the text of an integer is stored as one.</param>
    /// <param name="expireAtMillis">Unix milliseconds, or <see cref="Database.NoExpiry"/>.</param>
    /// <param name="clock">The access clock, 24 bits.</param>
    public static int WriteString(Span<byte> image, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis, uint clock)
    {
        bool hasExpiry = expireAtMillis >= 0;
        if (CanonicalInteger.TryParse(value, out long integer))
        {
            var header = new EntryHeader(ValueType.String, EntryEncoding.Integer, hasExpiry, isRaw: false, clock);
            if (header.CellBytes(key.Length, sizeof(long)) <= BytesMax)
            {
                int keyAt = EntryLayout.WriteHead(image, header, expireAtMillis, key.Length, sizeof(long), largeNumber: 0);
                key.CopyTo(image[keyAt..]);
                CanonicalInteger.Write(image[(keyAt + key.Length)..], integer);
                return keyAt + key.Length + sizeof(long);
            }
        }

        return WriteInline(image, ValueType.String, key, value, expireAtMillis, clock, isRaw: false);
    }

    /// <summary>As <see cref="WriteString"/>, for a small collection; 0 when it has to be a large one.</summary>
    public static int WritePacked(Span<byte> image, ValueType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> packed, long expireAtMillis, uint clock, bool isConverted)
        => EntryStore.FitsCell(key.Length, packed.Length, hasExpiry: true) ? WriteInline(image, type, key, packed, expireAtMillis, clock, isConverted) : 0;

    private static int WriteInline(Span<byte> image, ValueType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expireAtMillis, uint clock, bool isRaw)
    {
        var inline = new EntryHeader(type, EntryEncoding.Inline, expireAtMillis >= 0, isRaw, clock);
        if (inline.CellBytes(key.Length, value.Length) > BytesMax)
        {
            return 0;
        }

        int offset = EntryLayout.WriteHead(image, inline, expireAtMillis, key.Length, value.Length, largeNumber: 0);
        key.CopyTo(image[offset..]);
        value.CopyTo(image[(offset + key.Length)..]);
        return offset + key.Length + value.Length;
    }
}
