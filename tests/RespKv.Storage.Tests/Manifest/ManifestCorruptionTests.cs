using RespKv.Storage.Files;
using RespKv.Storage.Manifest;
using RespKv.TestKit.Files;
using static RespKv.Storage.Tests.Manifest.ManifestMaker;

namespace RespKv.Storage.Tests.Manifest;

/// <summary>What a crash cannot have done is refused, with nothing changed; what it can have done is cut.</summary>
public sealed class ManifestCorruptionTests
{
    private const int Checkpoints = 3;

    /// <summary>Behind the last edit stands the seal.</summary>
    private const int Seal = FirstEdit + (Checkpoints * Sector);

    public static TheoryData<int, int> OffsetsBeforeTheSeal()
    {
        // Every field of header, base record and edits, their padding, the last byte of each sector.
        int[] inHeader = [0, 7, 8, 11, 12, 15, 16, 24, 31, 32, 39, 40, 43, 44, 300, 511];
        int[] inRecord = [0, 3, 4, 7, 8, 9, 11, 12, 15, 16, 23, 24, 31, 32, 33, 45, 60, 200, 511];
        var offsets = new TheoryData<int, int>();
        foreach (int offset in inHeader)
        {
            offsets.Add(offset, 0);
        }

        for (int sector = Sector; sector < Seal; sector += Sector)
        {
            foreach (int offset in inRecord)
            {
                offsets.Add(sector + offset, sector);
            }
        }

        return offsets;
    }

    [Theory]
    [MemberData(nameof(OffsetsBeforeTheSeal))]
    public void Flipped_bit_before_the_seal_is_corruption_at_its_record(int offset, int record)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            SimulatedFileSystem files = DiskWith(Checkpoints);
            files.FlipBit(ManifestPath(1), offset, bit);

            AssertCorrupt(files, ManifestPath(1), record);
        }
    }

    [Fact]
    public void Flipped_bit_in_the_seal_or_behind_it_costs_no_edit_and_is_said()
    {
        foreach (int offset in new[] { Seal, Seal + 4, Seal + 8, Seal + 24, Seal + 100, Seal + 511, Seal + 512, Seal + 5000, FirstEdit + ManifestFormat.RoomBytes - 1 })
        {
            SimulatedFileSystem files = DiskWith(Checkpoints);
            files.FlipBit(ManifestPath(1), offset);

            using ManifestStore store = Open(files);

            AssertState(StateAfter(Checkpoints), store.State);
            Assert.True(store.TornBytes > 0);
            store.Apply(Checkpoint(Checkpoints + 1));
            AssertState(StateAfter(Checkpoints + 1), ManifestStore.Read(files, DataDirectory));
        }
    }

    [Fact]
    public void Flipped_bit_anywhere_in_CURRENT_is_corruption()
    {
        int length = DiskWith(1).ReadFile(Current).Length;
        for (int offset = 0; offset < length; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                SimulatedFileSystem files = DiskWith(1);
                files.FlipBit(Current, offset, bit);

                Assert.Contains("does not name a manifest", AssertCorrupt(files, Current, 0).Problem, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(28)]
    public void CURRENT_that_was_cut_is_corruption(int length)
    {
        SimulatedFileSystem files = DiskWith(1);
        files.Truncate(Current, length);

        AssertCorrupt(files, Current, 0);
    }

    [Fact]
    public void CURRENT_with_something_behind_its_line_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        byte[] content = files.ReadFile(Current);
        files.Truncate(Current, content.Length + 1);

        AssertCorrupt(files, Current, 0);
    }

    [Fact]
    public void CURRENT_that_names_a_missing_manifest_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        files.Delete(ManifestPath(1));

        Assert.Contains("MANIFEST-0000000001, which is missing", AssertCorrupt(files, Current, 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_CURRENT_beside_a_manifest_that_says_something_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        files.Delete(Current);

        Assert.Contains("MANIFEST-0000000001", AssertCorrupt(files, Current, 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_CURRENT_beside_a_later_manifest_is_corruption_whatever_is_in_it()
    {
        SimulatedFileSystem files = NewDisk();
        files.Open(ManifestPath(2), FileOpenKind.CreateNew).Dispose();

        AssertCorrupt(files, Current, 0);
    }

    [Fact]
    public void Missing_CURRENT_beside_a_table_is_corruption()
    {
        SimulatedFileSystem files = NewDisk();
        files.Open(DataDirectory + "/table-0000000001.tbl", FileOpenKind.CreateNew).Dispose();

        Assert.Contains("table-0000000001.tbl", AssertCorrupt(files, Current, 0).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(512)]
    [InlineData(FirstEdit)]
    [InlineData(Seal)]
    [InlineData(FirstEdit + ManifestFormat.RoomBytes - 512)]
    [InlineData(FirstEdit + ManifestFormat.RoomBytes + 512)]
    public void Manifest_of_another_size_is_corruption(int length)
    {
        SimulatedFileSystem files = DiskWith(Checkpoints);
        files.Truncate(ManifestPath(1), length);

        AssertCorrupt(files, ManifestPath(1), 0);
    }

    [Fact]
    public void Manifest_of_another_number_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        files.Rename(ManifestPath(1), ManifestPath(2));
        files.Overwrite(Current, 0, CurrentFile.Encode(2));

        Assert.Contains("this is manifest 1", AssertCorrupt(files, ManifestPath(2), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Manifest_of_another_version_is_named_and_not_taken_for_garbage()
    {
        SimulatedFileSystem files = DiskWith(1);
        OverwriteHeader(files, header => header[ManifestFormat.FileVersionOffset] = 2);

        Assert.Contains("format version 2", AssertCorrupt(files, ManifestPath(1), 0).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_with_too_many_base_records_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        OverwriteHeader(files, header => header[ManifestFormat.FileBaseRecordsOffset] = 2);
        AssertCorrupt(files, ManifestPath(1), FirstEdit);

        files = DiskWith(1);
        OverwriteHeader(files, header => header[ManifestFormat.FileBaseRecordsOffset] = 0);
        AssertCorrupt(files, ManifestPath(1), 0);
    }

    [Fact]
    public void Sound_record_in_a_wrong_place_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(Checkpoints);
        byte[] second = files.ReadFile(ManifestPath(1))[(FirstEdit + Sector)..(FirstEdit + (2 * Sector))];
        files.Overwrite(ManifestPath(1), FirstEdit, second);

        Assert.Contains("record 3 of kind 2 stands behind record 1", AssertCorrupt(files, ManifestPath(1), FirstEdit).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_record_that_contradicts_the_state_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        var edit = new ManifestEdit { CheckpointLsn = 5 };
        files.Overwrite(ManifestPath(1), FirstEdit + Sector, ManifestRecord.Encode(ManifestRecordKind.Edit, FileId, 3, ManifestPayload.Encode(edit)));

        Assert.Contains("goes back from LSN 10 to 5", AssertCorrupt(files, ManifestPath(1), FirstEdit + Sector).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Sound_record_that_is_no_edit_is_corruption()
    {
        SimulatedFileSystem files = DiskWith(1);
        files.Overwrite(ManifestPath(1), FirstEdit + Sector, ManifestRecord.Encode(ManifestRecordKind.Edit, FileId, 3, [99]));

        Assert.Contains("unknown field 99", AssertCorrupt(files, ManifestPath(1), FirstEdit + Sector).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_of_another_file_is_none()
    {
        SimulatedFileSystem files = DiskWith(1);
        byte[] foreign = ManifestRecord.Encode(ManifestRecordKind.Edit, FileId + 1, 4, ManifestPayload.Encode(Checkpoint(3)));
        files.Overwrite(ManifestPath(1), FirstEdit + (2 * Sector), foreign);

        using ManifestStore store = Open(files);

        AssertState(StateAfter(1), store.State);
        Assert.Equal(Sector, store.TornBytes);
    }

    [Fact]
    public void Damaged_last_edit_without_a_seal_is_cut_said_and_kept_as_evidence()
    {
        SimulatedFileSystem files = DiskWith(2);
        const int LastEdit = FirstEdit + Sector;
        files.Overwrite(ManifestPath(1), LastEdit + Sector, new byte[Sector]);
        files.FlipBit(ManifestPath(1), LastEdit + 40);
        byte[] torn = files.ReadFile(ManifestPath(1))[LastEdit..(LastEdit + Sector)];
        SortedDictionary<string, byte[]> before = files.ReadAll();

        Assert.Equal(Sector, ManifestStore.Inspect(files, DataDirectory).TornBytes);
        using ManifestStore store = Open(files);

        AssertState(StateAfter(1), store.State);
        Assert.Equal((Sector, $"{ManifestPath(1)}, offset {LastEdit}"), (store.TornBytes, store.TornPlace));
        Assert.Equal((ManifestPath(1), LastEdit), (store.TornFile, store.TornOffset));
        Assert.Equal(before, files.ReadAll());

        store.Apply(Checkpoint(2));

        Assert.Equal([Current, ManifestPath(2), DataDirectory + "/torn-manifest-0000000001-1.bin"], files.ReadAll().Keys);
        Assert.Equal(torn, files.ReadFile(DataDirectory + "/torn-manifest-0000000001-1.bin"));
        AssertState(StateAfter(2), ManifestStore.Read(files, DataDirectory));
    }

    [Fact]
    public void Evidence_is_never_overwritten_and_a_failed_copy_is_tried_again()
    {
        SimulatedFileSystem files = DiskWith(1);
        files.FlipBit(ManifestPath(1), FirstEdit + (3 * Sector));
        files.Open(DataDirectory + "/torn-manifest-0000000001-1.bin", FileOpenKind.CreateNew).Dispose();
        using ManifestStore store = Open(files);
        files.FailNext(FileOperation.Write, Errno.ENOSPC, "torn-manifest-");

        Assert.Throws<StorageException>(() => store.Apply(Checkpoint(2)));

        Assert.False(store.IsUncertain);
        AssertState(StateAfter(1), store.State);
        Assert.False(files.FileExists(DataDirectory + "/torn-manifest-0000000001-2.bin"));

        store.Apply(Checkpoint(2));

        Assert.Empty(files.ReadFile(DataDirectory + "/torn-manifest-0000000001-1.bin"));
        Assert.Equal(2 * Sector, files.ReadFile(DataDirectory + "/torn-manifest-0000000001-2.bin").Length);
        Assert.Equal(1, files.OpenFiles);
    }

    private static void OverwriteHeader(SimulatedFileSystem files, Action<byte[]> change)
    {
        byte[] header = files.ReadFile(ManifestPath(1))[..Sector];
        change(header);
        uint crc = Storage.Wal.Crc32C.Compute(header.AsSpan(ManifestFormat.FileVersionOffset));
        BitConverter.GetBytes(crc).CopyTo(header, ManifestFormat.FileCrcOffset);
        files.Overwrite(ManifestPath(1), 0, header);
    }
}
