using RespKv.Storage.Files;
using RespKv.Storage.Tables;
using RespKv.TestKit.Files;

namespace RespKv.Storage.Tests.Tables;

/// <summary>What is damaged is named and skipped, the rest is read.</summary>
public sealed class TableWalkTests
{
    [Theory]
    [InlineData(TableCompression.None)]
    [InlineData(TableCompression.Brotli)]
    [InlineData(TableCompression.Deflate)]
    public void Sound_table_is_walked_from_end_to_end(TableCompression compression)
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        List<TestEntry> entries = TableMaker.RandomEntries(new Random(1), 200);
        TableProperties properties = TableMaker.Write(files, entries, TableMaker.SmallBlocks with { Compression = compression });

        List<Place> places = Walk(files);

        Assert.All(places, place => Assert.Null(place.Problem));
        Assert.Equal(entries, places.SelectMany(place => place.Entries));
        Assert.Equal(properties.FileBytes, places.Sum(place => place.Bytes));
        Assert.Equal(
            [TableBlockKind.Filter, TableBlockKind.Index, TableBlockKind.Properties, TableBlockKind.Footer],
            places.Select(place => place.Kind!.Value).SkipWhile(kind => kind == TableBlockKind.Data));
        Assert.Equal(0, files.OpenFiles);
    }

    [Fact]
    public void Flipped_bit_in_any_byte_costs_its_block_and_nothing_else()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, TableMaker.EvenKeys(20));
        List<Place> sound = Walk(files);
        byte[] bytes = files.ReadFile(TableMaker.TablePath);

        for (int at = 0; at < bytes.Length; at++)
        {
            files.FlipBit(TableMaker.TablePath, at, at % 8);
            Place hit = sound.Last(place => place.Offset <= at);

            List<Place> places = Walk(files);

            Place damaged = Assert.Single(places, place => place.Problem is not null);
            Assert.Equal((hit.Offset, hit.Bytes, null), (damaged.Offset, damaged.Bytes, damaged.Kind));
            Assert.Equal(
                sound.Where(place => place != hit).SelectMany(place => place.Entries),
                places.SelectMany(place => place.Entries));
            files.Overwrite(TableMaker.TablePath, at, bytes.AsSpan(at, 1));
        }
    }

    [Fact]
    public void Truncated_table_gives_its_whole_blocks_and_says_that_it_is_truncated()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, TableMaker.EvenKeys(20));
        List<Place> sound = Walk(files);
        int length = files.ReadFile(TableMaker.TablePath).Length;

        for (int cut = length - 1; cut >= 0; cut--)
        {
            files.Truncate(TableMaker.TablePath, cut);

            List<Place> places = Walk(files);

            Assert.Equal(sound.Where(place => place.Offset + place.Bytes <= cut).SelectMany(place => place.Entries), places.SelectMany(place => place.Entries));
            Assert.Contains(places, place => place.Problem is not null);
        }
    }

    [Fact]
    public void Table_inside_a_value_is_not_taken_for_blocks()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        TableMaker.Write(files, TableMaker.EvenKeys(20), path: TableMaker.PathOf(2));
        string inner = System.Text.Encoding.Latin1.GetString(files.ReadFile(TableMaker.PathOf(2)));
        TableMaker.Write(files, [TestEntry.Value("a", inner), TestEntry.Value("b", "sound")]);
        files.FlipBit(TableMaker.TablePath, 2);

        List<Place> places = Walk(files);

        Assert.Equal([TestEntry.Value("b", "sound")], places.SelectMany(place => place.Entries));
    }

    [Fact]
    public void File_that_is_no_table_has_a_problem_and_no_entries()
    {
        SimulatedFileSystem files = TableMaker.NewDisk();
        using (IFile file = files.Open(TableMaker.TablePath, FileOpenKind.CreateNew))
        {
            file.Write(new byte[1_000_000], 0);
        }

        List<Place> places = Walk(files);

        Assert.All(places, place => Assert.NotNull(place.Problem));
        Assert.Equal(1_000_000, places.Sum(place => place.Bytes));
    }

    private static List<Place> Walk(SimulatedFileSystem files)
    {
        using var walk = new TableWalk(files, TableMaker.TablePath);
        var places = new List<Place>();
        while (walk.NextBlock())
        {
            var entries = new List<TestEntry>();
            while (walk.NextEntry())
            {
                entries.Add(TestEntry.Of(walk.Key, walk.Entry));
            }

            places.Add(new Place(walk.Offset, walk.Bytes, walk.Kind, walk.Problem, entries));
        }

        return places;
    }

    private sealed record Place(long Offset, long Bytes, TableBlockKind? Kind, string? Problem, List<TestEntry> Entries);
}
