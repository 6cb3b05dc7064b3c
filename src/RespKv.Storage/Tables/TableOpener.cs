using RespKv.Storage.Files;

namespace RespKv.Storage.Tables;

/// <summary>Reads and checks what a reader keeps in memory: footer, properties, index, filter.</summary>
internal sealed class TableOpener
{
    private readonly IFile _file;
    private byte[] _tail = [];
    private long _tailOffset;

    internal TableOpener(IFile file)
    {
        _file = file;
    }

    internal TableReader Open()
    {
        TableFooter footer = ReadFooter(_file.Length);
        ReadTail(footer);
        byte[] filter = Payload(TableBlockKind.Filter, footer.FilterOffset, footer.IndexOffset).ToArray();
        ReadOnlySpan<byte> indexPayload = Payload(TableBlockKind.Index, footer.IndexOffset, footer.PropertiesOffset);
        ReadOnlySpan<byte> propertiesPayload = Payload(TableBlockKind.Properties, footer.PropertiesOffset, footer.Offset);
        Check(footer.FilterOffset, BloomFilter.ProblemOf(filter));
        string? problem = TablePropertiesBlock.Read(propertiesPayload, footer.FileBytes, out TableProperties properties, out long blocks);
        Check(footer.PropertiesOffset, problem ?? ProblemOf(properties, blocks));
        Check(footer.IndexOffset, TableIndex.Read(indexPayload, footer.FilterOffset, blocks, properties.Entries, out TableIndex index));
        return new TableReader(_file, properties, index, new BloomFilter(filter));
    }

    private static string? ProblemOf(TableProperties properties, long blocks)
    {
        bool isSound = properties.FirstLsn >= 1
            && properties.LastLsn >= properties.FirstLsn
            && properties.Entries >= 0
            && properties.Tombstones >= 0
            && properties.Patches >= 0
            && properties.RawBytes >= 0
            && properties.Tombstones <= properties.Entries
            && properties.Patches <= properties.Entries - properties.Tombstones
            && (blocks == 0) == (properties.Entries == 0)
            && properties.SmallestKey.AsSpan().SequenceCompareTo(properties.LargestKey) <= 0
            && Enum.IsDefined(properties.Compression);
        return isSound
            ? null
            : $"the properties contradict themselves: {blocks} blocks, {properties.Entries} entries, {properties.Tombstones} of them tombstones, "
                + $"{properties.Patches} patches; LSN {properties.FirstLsn} to {properties.LastLsn}";
    }

    private TableFooter ReadFooter(long fileBytes)
    {
        int bytes = (int)Math.Min(fileBytes, TableFormat.FooterBytes);
        Span<byte> span = stackalloc byte[TableFormat.FooterBytes];
        span = span[..bytes];
        bytes = _file.Read(span, fileBytes - bytes);
        string? problem = TableFooter.Read(span[..bytes], fileBytes, out TableFooter footer);
        Check(fileBytes - span.Length, problem);
        return footer;
    }

    private void ReadTail(TableFooter footer)
    {
        long bytes = footer.Offset - footer.FilterOffset;
        if (bytes > TableFormat.BlockBytesMax)
        {
            Check(footer.Offset, $"the footer leaves {bytes} bytes to filter, index and properties");
        }

        _tailOffset = footer.FilterOffset;
        _tail = GC.AllocateUninitializedArray<byte>((int)bytes);
        int read = _file.Read(_tail, _tailOffset);
        if (read < _tail.Length)
        {
            Check(_tailOffset + read, $"the file ends here, {_tail.Length - read} bytes early");
        }
    }

    private ReadOnlySpan<byte> Payload(TableBlockKind kind, long offset, long end)
    {
        ReadOnlySpan<byte> block = _tail.AsSpan((int)(offset - _tailOffset), (int)(end - offset));
        string? problem = BlockHeader.ProblemOf(block, offset, kind, out BlockHeader header);
        Check(offset, problem ?? (header.Compression == TableCompression.None ? null : "only data blocks are compressed"));
        return block[TableFormat.BlockHeaderBytes..];
    }

    private void Check(long offset, string? problem)
    {
        if (problem is not null)
        {
            throw new TableCorruptionException(_file.Path, offset, problem);
        }
    }
}
