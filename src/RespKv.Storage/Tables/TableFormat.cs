namespace RespKv.Storage.Tables;

/// <summary>
/// The numbers of the tables' format, version 1; the grammar and a worked example are in docs/format/table.md. All fixed
/// integers are little-endian. They are on disk: a change needs a new <see cref="Version"/>.
///
/// Invariants:
/// - The blocks stand one behind the other from offset 0 on, without gaps: data blocks, filter, index, properties, footer.
/// - Every byte of the file is compared with something: each block by its checksum, magic and place, the footer likewise.
/// - Keys are strictly ascending over the whole table.
/// </summary>
internal static class TableFormat
{
    internal const uint Version = 1;

    /// <summary>"RKTB".</summary>
    internal const uint BlockMagic = 0x4254_4B52;

    internal const int BlockCrcOffset = 4;

    /// <summary>The checksum covers everything from here to the end of the payload.</summary>
    internal const int BlockKindOffset = 8;

    internal const int BlockCompressionOffset = 9;
    internal const int BlockReservedOffset = 10;
    internal const int BlockStoredBytesOffset = 12;
    internal const int BlockRawBytesOffset = 16;

    /// <summary>Its own place in the file: a sound block that was read from the wrong place, or a value that looks like one, is seen.</summary>
    internal const int BlockPlaceOffset = 20;

    internal const int BlockHeaderBytes = 28;

    /// <summary>Each restart point, and their count at the end of a data block.</summary>
    internal const int RestartBytes = sizeof(uint);

    /// <summary>A block with its header is one array.</summary>
    internal const int BlockBytesMax = 0x7FFF_FFC7;

    /// <summary>
    /// Larger blocks are stored as they are: compressing needs both forms in memory, and a damaged size must not make a
    /// reader claim gigabytes.
    /// </summary>
    internal const int CompressBytesMax = 64 << 20;

    /// <summary>A line of the filter: the size of a cache line, so that a question costs one miss or two.</summary>
    internal const int FilterLineBytes = 64;

    /// <summary>Number of probes, and zeros up to a word.</summary>
    internal const int FilterHeaderBytes = 8;

    /// <summary>The best number for 20 bits a key; beyond that the filter cannot be told from a perfect one.</summary>
    internal const int FilterProbesMax = 14;

    internal const int PropertyFirstLsnOffset = 0;
    internal const int PropertyLastLsnOffset = 8;
    internal const int PropertyEntriesOffset = 16;
    internal const int PropertyTombstonesOffset = 24;
    internal const int PropertyPatchesOffset = 32;
    internal const int PropertyBlocksOffset = 40;
    internal const int PropertyRawBytesOffset = 48;
    internal const int PropertyCompressionOffset = 56;
    internal const int PropertyKeysOffset = 57;

    /// <summary>"RESPKVTB".</summary>
    internal const ulong FooterMagic = 0x4254_564B_5053_4552;

    internal const int FooterCrcOffset = 8;

    /// <summary>The checksum covers everything from here to the end of the file.</summary>
    internal const int FooterVersionOffset = 12;

    internal const int FooterFilterOffset = 16;
    internal const int FooterIndexOffset = 24;
    internal const int FooterPropertiesOffset = 32;
    internal const int FooterFileBytesOffset = 40;
    internal const int FooterBytes = 48;

    // Bounds of the options: what lies outside is a slip, not a wish.
    internal const int OptionBlockBytesMin = 64;
    internal const int OptionBlockBytesMax = 16 << 20;
    internal const int OptionRestartIntervalMax = 1024;
    internal const int OptionBloomBitsMax = 20;
    internal const int OptionSyncBytesMin = 4096;

    // A broken relation is a division by zero, which does not compile.
    private const int HeaderFieldsFill = 1 / (BlockPlaceOffset + sizeof(long) == BlockHeaderBytes ? 1 : 0);
    private const int FooterFieldsFill = 1 / (FooterFileBytesOffset + sizeof(long) == FooterBytes ? 1 : 0);
    private const int BlocksOfTheOptionsCompress = 1 / (OptionBlockBytesMax < CompressBytesMax ? 1 : 0);
    private const int ProbesFitTheBits = 1 / (FilterProbesMax >= OptionBloomBitsMax * 69 / 100 ? 1 : 0);
}
