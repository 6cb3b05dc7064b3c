using System.Buffers.Binary;
using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.Storage.Wal;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>A damaged table is named with file and offset, and never gives a wrong entry (D5).</summary>
public sealed class TableCorruptionTests
{
    public static TheoryData<TableCompression> Compressions => [.. Enum.GetValues<TableCompression>()];

    [Theory]
    [MemberData(nameof(Compressions))]
    public void Flipped_bit_in_any_byte_is_named_and_gives_no_wrong_entry(TableCompression compression)
    {
        (SimulatedFileSystem files, List<TestEntry> entries) = Damageable(compression);
        List<(long Offset, TableBlockKind Kind)> places = Places(files);
        Assert.Equal(Enum.GetValues<TableBlockKind>(), places.Select(place => place.Kind).Distinct());
        byte[] sound = files.ReadFile(TableMaker.TablePath);

        for (int at = 0; at < sound.Length; at++)
        {
            files.FlipBit(TableMaker.TablePath, at, at % 8);
            var corruption = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));

            Assert.Equal(TableMaker.TablePath, corruption.File);
            Assert.Equal(places.Last(place => place.Offset <= at).Offset, corruption.Offset);
            AssertNoWrongEntry(files, entries);
            files.Overwrite(TableMaker.TablePath, at, sound.AsSpan(at, 1));
        }

        OpenAndVerify(files);
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Message_names_file_offset_and_the_tool()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        files.FlipBit(TableMaker.TablePath, 40);

        string message = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files)).Message;

        Assert.StartsWith($"the table is corrupt: {TableMaker.TablePath}, offset 0: the checksum of the Data block", message, StringComparison.Ordinal);
        Assert.EndsWith($"Run `respkv check {TableMaker.DataDirectory}`, or restore a backup.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_that_was_cut_anywhere_is_refused()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        int length = files.ReadFile(TableMaker.TablePath).Length;

        for (int cut = length - 1; cut >= 0; cut--)
        {
            files.Truncate(TableMaker.TablePath, cut);
            var corruption = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));
            Assert.Equal(Math.Max(0, cut - 48), corruption.Offset);
        }

        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Table_that_is_cut_while_it_is_open_is_seen()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        using TableReader table = TableReader.Open(files, TableMaker.TablePath);
        using TableCursor cursor = table.OpenCursor();
        files.Truncate(TableMaker.TablePath, 100);

        var corruption = Assert.Throws<TableCorruptionException>(() => cursor.SeekFirst());

        Assert.Equal(100, corruption.Offset);
        Assert.False(cursor.Valid);
    }

    [Fact]
    public void Table_with_bytes_behind_it_is_refused()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        using (IFile file = files.Open(TableMaker.TablePath, FileOpenKind.OpenExisting))
        {
            file.Write("x"u8, file.Length);
        }

        Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));
    }

    [Fact]
    public void Whole_footer_behind_too_short_a_file_is_refused()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        byte[] bytes = files.ReadFile(TableMaker.TablePath);
        files.Truncate(TableMaker.TablePath, bytes.Length - 100);
        files.Overwrite(TableMaker.TablePath, bytes.Length - 148, bytes.AsSpan(bytes.Length - 48));

        var corruption = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));

        Assert.Contains($"the footer says {bytes.Length} bytes", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Later_version_is_refused_by_its_number()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        ChangeFooter(files, TableFormat.FooterVersionOffset, 2);

        var corruption = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));

        Assert.Contains("format version 2, this program knows 1", corruption.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Block_of_another_place_is_refused_although_it_is_sound()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, Enumerable.Range(0, 40).Select(index => TestEntry.Value($"{index:D3}", "same length")));
        byte[] bytes = files.ReadFile(TableMaker.TablePath);
        List<(long Offset, TableBlockKind Kind)> places = Places(files);
        (int first, int second, int third) = ((int)places[1].Offset, (int)places[2].Offset, (int)places[3].Offset);
        Assert.Equal(second - first, third - second);
        files.Overwrite(TableMaker.TablePath, first, bytes.AsSpan(second, third - second));

        var corruption = Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));

        Assert.Equal((first, $"the block says that it belongs to offset {second}"), (corruption.Offset, corruption.Problem));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Wrong_contents_under_a_right_checksum_break_nothing_else(int seed)
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        byte[] sound = files.ReadFile(TableMaker.TablePath);
        var random = new Random(seed);
        foreach ((long offset, TableBlockKind kind) in Places(files).Where(place => place.Kind != TableBlockKind.Footer))
        {
            int start = (int)offset + TableFormat.BlockHeaderBytes;
            int end = start + BinaryPrimitives.ReadInt32LittleEndian(sound.AsSpan((int)offset + TableFormat.BlockStoredBytesOffset));
            for (int at = start; at < end; at++)
            {
                byte[] changed = (byte[])sound.Clone();
                changed[at] = (byte)random.Next(256);
                Reseal(changed.AsSpan((int)offset, end - (int)offset), kind, offset);
                files.Overwrite(TableMaker.TablePath, 0, changed);
                TryRead(files);
            }
        }
    }

    [Fact]
    public void Wrong_footer_under_a_right_checksum_breaks_nothing_else()
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        byte[] sound = files.ReadFile(TableMaker.TablePath);
        foreach (int field in new[] { TableFormat.FooterFilterOffset, TableFormat.FooterIndexOffset, TableFormat.FooterPropertiesOffset })
        {
            foreach (long value in new[] { -1, 0, 1, 60, sound.Length - 48, sound.Length, int.MaxValue, long.MaxValue, long.MinValue })
            {
                files.Overwrite(TableMaker.TablePath, 0, sound);
                ChangeFooter(files, field, value);
                Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files));
            }
        }
    }

    [Fact]
    public void Keys_out_of_order_are_found_by_verify()
        => AssertVerifyFinds("the keys are not in order", (payload, _) => Replace(payload, "cccc"u8, "bbba"u8));

    [Fact]
    public void Key_that_the_filter_does_not_know_is_found_by_verify()
        => AssertVerifyFinds("the filter does not know a key", (payload, _) => Replace(payload, "bbbb"u8, "bbbc"u8));

    [Fact]
    public void Malformed_patch_is_found_by_verify()
        => AssertVerifyFinds("a patch in the block is malformed", (payload, _) => Replace(payload, [0x04, 0x77], [0x05, 0x77]));

    [Fact]
    public void Other_first_key_than_the_properties_say_is_found_by_verify()
        => AssertVerifyFinds("the first key is not the one", (payload, kind) => Replace(kind == TableBlockKind.Data ? payload : [], "aaaa"u8, "aaab"u8));

    [Theory]
    [InlineData(TableFormat.PropertyTombstonesOffset)]
    [InlineData(TableFormat.PropertyPatchesOffset)]
    [InlineData(TableFormat.PropertyRawBytesOffset)]
    public void Counts_that_differ_from_the_properties_are_found_by_verify(int field)
        => AssertVerifyFinds("the properties say", (payload, kind) => Add(payload, kind, TableBlockKind.Properties, field, -1));

    [Theory]
    [InlineData(TableFormat.PropertyFirstLsnOffset, -1)]
    [InlineData(TableFormat.PropertyLastLsnOffset, -1)]
    [InlineData(TableFormat.PropertyTombstonesOffset, 100)]
    [InlineData(TableFormat.PropertyCompressionOffset, 9)]
    public void Properties_that_contradict_themselves_are_refused(int field, int change)
        => AssertVerifyFinds("the properties contradict themselves", (payload, kind) => Add(payload, kind, TableBlockKind.Properties, field, change));

    [Theory]
    [InlineData(TableFormat.PropertyEntriesOffset, 1)]
    [InlineData(TableFormat.PropertyBlocksOffset, 1)]
    public void Index_that_differs_from_the_properties_is_refused(int field, int change)
        => AssertVerifyFinds("index", (payload, kind) => Add(payload, kind, TableBlockKind.Properties, field, change));

    private static (SimulatedFileSystem Files, List<TestEntry> Entries) Damageable(TableCompression compression)
    {
        List<TestEntry> entries =
        [
            TestEntry.Value("aaaa", new string('1', 90)),
            TestEntry.Value("bbbb", new string('2', 90), 1234567),
            TestEntry.Tombstone("bbbbb"),
            TestEntry.Patch("cccc", [0x04, 0x77]),
            TestEntry.Value("dddd", new string('3', 500)),
            TestEntry.Value("eeee", "last"),
        ];
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, entries, new TableOptions(BlockBytes: 200, RestartInterval: 2, Compression: compression), firstLsn: 1, lastLsn: 1);
        return (files, entries);
    }

    private static void OpenAndVerify(SimulatedFileSystem files)
    {
        using TableReader table = TableReader.Open(files, TableMaker.TablePath);
        table.Verify(progress: null, CancellationToken.None);
    }

    private static List<(long Offset, TableBlockKind Kind)> Places(SimulatedFileSystem files)
    {
        using var walk = new TableWalk(files, TableMaker.TablePath);
        var places = new List<(long, TableBlockKind)>();
        while (walk.NextBlock())
        {
            Assert.Null(walk.Problem);
            places.Add((walk.Offset, walk.Kind!.Value));
        }

        return places;
    }

    /// <summary>Whatever can be read before the damage is met is what was written, forward, backward and by key.</summary>
    private static void AssertNoWrongEntry(SimulatedFileSystem files, List<TestEntry> entries)
    {
        TableReader table;
        try
        {
            table = TableReader.Open(files, TableMaker.TablePath);
        }
        catch (TableCorruptionException)
        {
            return;
        }

        using (table)
        {
            Assert.Throws<TableCorruptionException>(() => TableMaker.ReadForward(table));
            Assert.Throws<TableCorruptionException>(() => TableMaker.ReadBackward(table, 1000));
            using TableCursor cursor = table.OpenCursor();
            foreach (TestEntry entry in entries)
            {
                try
                {
                    Assert.True(cursor.Seek(entry.KeyBytes));
                    Assert.Equal(entry, TestEntry.Of(cursor));
                }
                catch (TableCorruptionException)
                {
                    Assert.False(cursor.Valid);
                }
            }
        }
    }

    /// <summary>Corruption or not, but no other exception.</summary>
    private static void TryRead(SimulatedFileSystem files)
    {
        try
        {
            using TableReader table = TableReader.Open(files, TableMaker.TablePath);
            Ignore(() => TableMaker.ReadForward(table));
            Ignore(() => TableMaker.ReadBackward(table));
            Ignore(() => table.Verify(null, CancellationToken.None));
            using TableCursor cursor = table.OpenCursor();
            Ignore(() => cursor.Seek("bbbb"u8));
            Ignore(() => cursor.SeekAtMost("cccc"u8));
        }
        catch (TableCorruptionException)
        {
            // Found when it was opened.
        }

        static void Ignore(Action action)
        {
            try
            {
                action();
            }
            catch (TableCorruptionException)
            {
                // Found.
            }
        }
    }

    /// <summary>Changes payloads, puts the checksums right, and expects the words.</summary>
    private static void AssertVerifyFinds(string words, Action<byte[], TableBlockKind> change)
    {
        (SimulatedFileSystem files, _) = Damageable(TableCompression.None);
        byte[] bytes = files.ReadFile(TableMaker.TablePath);
        foreach ((long offset, TableBlockKind kind) in Places(files).Where(place => place.Kind != TableBlockKind.Footer))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((int)offset + TableFormat.BlockStoredBytesOffset));
            Span<byte> block = bytes.AsSpan((int)offset, TableFormat.BlockHeaderBytes + length);
            byte[] payload = block[TableFormat.BlockHeaderBytes..].ToArray();
            change(payload, kind);
            payload.CopyTo(block[TableFormat.BlockHeaderBytes..]);
            Reseal(block, kind, offset);
        }

        files.Overwrite(TableMaker.TablePath, 0, bytes);

        Assert.Contains(words, Assert.Throws<TableCorruptionException>(() => OpenAndVerify(files)).Problem, StringComparison.Ordinal);
    }

    private static void Reseal(Span<byte> block, TableBlockKind kind, long offset)
        => BlockHeader.Seal(block, kind, TableCompression.None, block.Length - TableFormat.BlockHeaderBytes, offset);

    private static void Replace(byte[] payload, ReadOnlySpan<byte> old, ReadOnlySpan<byte> changed)
    {
        int at = payload.AsSpan().IndexOf(old);
        if (at >= 0)
        {
            changed.CopyTo(payload.AsSpan(at));
        }
    }

    private static void Add(byte[] payload, TableBlockKind kind, TableBlockKind wanted, int offset, int change)
    {
        if (kind == wanted)
        {
            payload[offset] = (byte)(payload[offset] + change);
        }
    }

    private static void ChangeFooter(SimulatedFileSystem files, int field, long value)
    {
        byte[] bytes = files.ReadFile(TableMaker.TablePath);
        Span<byte> footer = bytes.AsSpan(bytes.Length - TableFormat.FooterBytes);
        if (field == TableFormat.FooterVersionOffset)
        {
            BinaryPrimitives.WriteInt32LittleEndian(footer[field..], (int)value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(footer[field..], value);
        }

        uint crc = Crc32C.Compute(footer[TableFormat.FooterVersionOffset..]);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[TableFormat.FooterCrcOffset..], crc);
        files.Overwrite(TableMaker.TablePath, 0, bytes);
    }
}
