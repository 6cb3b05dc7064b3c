using System.Text;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tests.Wal;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Tests.Mutations;

public sealed class MutationTests
{
    public static TheoryData<long> Expiries => [-1, 0, 1, 126, 127, 1_700_000_000_000, long.MaxValue];

    [Fact]
    public void Numbers_of_the_kinds_never_change()
    {
        (string, int)[] frozen =
        [
            ("Set", 1), ("WriteRange", 2), ("Delete", 3), ("SetExpiry", 4), ("ClearDatabase", 5), ("ClearAll", 6), ("SwapDatabases", 7),
            ("PutElements", 8), ("RemoveElements", 9),
        ];

        Assert.Equal(frozen, Enum.GetValues<MutationKind>().Select(kind => (kind.ToString(), (int)kind)));
    }

    [Fact]
    public void Bytes_of_every_kind_never_change()
    {
        Assert.Equal("01-00-01-6B-00-01-76", Encode(batch => MutationWriter.Set(batch, 0, "k"u8, "v"u8, -1)));
        Assert.Equal("01-0F-01-6B-80-A9-BF-C5-B5-31-01-76", Encode(batch => MutationWriter.Set(batch, 15, "k"u8, "v"u8, 1_698_000_000_127)));
        Assert.Equal("02-00-01-6B-AC-02-02-78-79", Encode(batch => MutationWriter.WriteRange(batch, 0, "k"u8, 300, "xy"u8)));
        Assert.Equal("03-80-01-00", Encode(batch => MutationWriter.Delete(batch, 128, ""u8)));
        Assert.Equal("04-00-01-6B-01", Encode(batch => MutationWriter.SetExpiry(batch, 0, "k"u8, 0)));
        Assert.Equal("05-03", Encode(batch => MutationWriter.ClearDatabase(batch, 3)));
        Assert.Equal("06", Encode(MutationWriter.ClearAll));
        Assert.Equal("07-01-02", Encode(batch => MutationWriter.SwapDatabases(batch, 1, 2)));
        Assert.Equal("08-00-01-6B-04-05-01-66-02-78-79", Encode(batch => MutationWriter.PutElements(batch, 0, "k"u8, ElementTypes.Hash, Elements(("f", "xy")))));
        Assert.Equal("09-01-01-6B-03-03-01-6D-00", Encode(batch => MutationWriter.RemoveElements(batch, 1, "k"u8, ElementTypes.Set, Names("m", ""))));
    }

    [Fact]
    public void Numbers_of_the_types_never_change()
    {
        Assert.Equal((1, 2, 3, 4, 5), (Storage.Tables.TableEntry.StringType, ElementTypes.List, ElementTypes.Set, ElementTypes.Hash, ElementTypes.SortedSet));
        Assert.Equal([2, 3, 4, 5], Enumerable.Range(0, 256).Where(type => ElementTypes.Contains((byte)type)));
    }

    [Theory]
    [MemberData(nameof(Expiries))]
    public void Set_comes_back_with_every_expiry(long expireAtMillis)
    {
        var reader = new MutationReader(Record(batch => MutationWriter.Set(batch, 5, "key"u8, "value"u8, expireAtMillis)));

        Assert.True(reader.Read());
        Assert.Equal((MutationKind.Set, 5, expireAtMillis), (reader.Kind, reader.Database, reader.ExpireAtMillis));
        Assert.Equal("key", Encoding.ASCII.GetString(reader.Key));
        Assert.Equal("value", Encoding.ASCII.GetString(reader.Value));
        Assert.False(reader.Read());
    }

    [Theory]
    [MemberData(nameof(Expiries))]
    public void Set_expiry_comes_back(long expireAtMillis)
    {
        var reader = new MutationReader(Record(batch => MutationWriter.SetExpiry(batch, 5, "key"u8, expireAtMillis)));

        Assert.True(reader.Read());
        Assert.Equal((MutationKind.SetExpiry, 5, expireAtMillis), (reader.Kind, reader.Database, reader.ExpireAtMillis));
        Assert.Equal("key", Encoding.ASCII.GetString(reader.Key));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 200_000)]
    [InlineData(127, 1)]
    [InlineData(128, 128)]
    [InlineData(70_000, 70_000)]
    public void Keys_and_values_of_any_length_come_back(int keyBytes, int valueBytes)
    {
        byte[] key = LogMaker.Content(1, keyBytes);
        byte[] value = LogMaker.Content(2, valueBytes);
        var reader = new MutationReader(Record(batch => MutationWriter.WriteRange(batch, int.MaxValue, key, long.MaxValue, value)));

        Assert.True(reader.Read());
        Assert.Equal((int.MaxValue, long.MaxValue), (reader.Database, reader.Offset));
        Assert.Equal(key, reader.Key.ToArray());
        Assert.Equal(value, reader.Value.ToArray());
    }

    [Fact]
    public void Fields_do_not_leak_from_one_mutation_into_the_next()
    {
        var reader = new MutationReader(Record(batch =>
        {
            MutationWriter.Set(batch, 5, "key"u8, "value"u8, 77);
            MutationWriter.SwapDatabases(batch, 1, 2);
            MutationWriter.WriteRange(batch, 3, "key"u8, 9, "x"u8);
            MutationWriter.ClearAll(batch);
        }));

        Assert.True(reader.Read());
        Assert.True(reader.Read());
        Assert.Equal((1, 2, -1, 0), (reader.Database, reader.OtherDatabase, reader.ExpireAtMillis, reader.Key.Length + reader.Value.Length));
        Assert.True(reader.Read());
        Assert.Equal((3, 0, 9), (reader.Database, reader.OtherDatabase, reader.Offset));
        Assert.True(reader.Read());
        Assert.Equal((MutationKind.ClearAll, 0, 0, 0), (reader.Kind, reader.Database, reader.Offset, reader.Key.Length));
        Assert.False(reader.Read());
    }

    [Fact]
    public void Empty_record_has_no_mutations()
    {
        Assert.False(new MutationReader([]).Read());
    }

    [Fact]
    public void Arguments_out_of_range_are_refused_and_write_nothing()
    {
        var batch = new WalBatch();
        batch.Reset(1);
        batch.BeginRecord();
        int before = batch.ByteCount;

        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.Set(batch, -1, "k"u8, "v"u8, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.Set(batch, 0, "k"u8, "v"u8, -2));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.SetExpiry(batch, 0, "k"u8, long.MinValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.WriteRange(batch, 0, "k"u8, -1, "v"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.Delete(batch, -1, "k"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.ClearDatabase(batch, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.SwapDatabases(batch, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MutationWriter.PutElements(batch, -1, "k"u8, ElementTypes.Hash, Elements(("f", "v"))));
        Assert.Throws<ArgumentException>(() => MutationWriter.PutElements(batch, 0, "k"u8, ElementTypes.Hash, default));
        Assert.Throws<ArgumentException>(() => MutationWriter.PutElements(batch, 0, "k"u8, 1, Elements(("f", "v"))));
        Assert.Throws<ArgumentException>(() => MutationWriter.RemoveElements(batch, 0, "k"u8, ElementTypes.List, default));
        Assert.Throws<ArgumentException>(() => MutationWriter.RemoveElements(batch, 0, "k"u8, 6, Names("f")));

        Assert.Equal(before, batch.ByteCount);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0A-00")]
    [InlineData("08-00")]
    [InlineData("08-00-01-6B")]
    [InlineData("08-00-01-6B-04")]
    [InlineData("08-00-01-6B-04-00")]
    [InlineData("08-00-01-6B-04-01-00")]
    [InlineData("08-00-01-6B-04-03-01-66-01")]
    [InlineData("08-00-01-6B-01-02-00-00")]
    [InlineData("08-00-01-6B-06-02-00-00")]
    [InlineData("09-00-01-6B-04-00")]
    [InlineData("09-00-01-6B-04-01-01")]
    [InlineData("09-00-01-6B-04-02-01")]
    [InlineData("01")]
    [InlineData("01-00")]
    [InlineData("01-00-05-6B")]
    [InlineData("01-00-01-6B-00")]
    [InlineData("01-00-01-6B-00-02-76")]
    [InlineData("03-80")]
    [InlineData("03-80-00-00")]
    [InlineData("03-FF-FF-FF-FF-0F-00")]
    [InlineData("05-80-80-80-80-80-80-80-80-80-80-01")]
    [InlineData("04-00-00-FF-FF-FF-FF-FF-FF-FF-FF-FF-02")]
    [InlineData("04-00-00-81-80-80-80-80-80-80-80-80-01")]
    [InlineData("02-00-00-80-80-80-80-80-80-80-80-80-01-00")]
    public void Malformed_bytes_are_refused(string hex)
    {
        byte[] record = Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal));

        Assert.Throws<InvalidDataException>(() => new MutationReader(record).Read());
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_but_never_read_beyond()
    {
        var random = new Random(11);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] record = new byte[random.Next(40)];
            random.NextBytes(record);
            if (record.Length > 0)
            {
                record[0] = (byte)random.Next(11);
            }

            try
            {
                var reader = new MutationReader(record);
                while (reader.Read())
                {
                    Assert.InRange(reader.Key.Length + reader.Value.Length, 0, record.Length);
                }
            }
            catch (InvalidDataException)
            {
                // Refused: as good as read.
            }
        }
    }

    [Fact]
    public void Element_mutations_come_back_and_their_fields_do_not_leak()
    {
        var reader = new MutationReader(Record(batch =>
        {
            MutationWriter.PutElements(batch, 3, "key"u8, ElementTypes.SortedSet, Elements(("m", "12345678"), ("", "")));
            MutationWriter.RemoveElements(batch, 4, "key"u8, ElementTypes.Set, Names("a"));
            MutationWriter.Delete(batch, 4, "key"u8);
        }));

        Assert.True(reader.Read());
        Assert.Equal((MutationKind.PutElements, 3, ElementTypes.SortedSet), (reader.Kind, reader.Database, reader.Type));
        Assert.Equal(Elements(("m", "12345678"), ("", "")), reader.Value.ToArray());
        Assert.True(reader.Read());
        Assert.Equal((MutationKind.RemoveElements, 4, ElementTypes.Set), (reader.Kind, reader.Database, reader.Type));
        Assert.Equal(Names("a"), reader.Value.ToArray());
        Assert.True(reader.Read());
        Assert.Equal((MutationKind.Delete, 0, 0), (reader.Kind, reader.Type, reader.Value.Length));
        Assert.False(reader.Read());
    }

    private static byte[] Elements(params (string Name, string Value)[] elements)
    {
        var buffer = new ElementBuffer();
        foreach ((string name, string value) in elements)
        {
            buffer.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        }

        return buffer.Bytes.ToArray();
    }

    private static byte[] Names(params string[] names)
    {
        var buffer = new ElementBuffer();
        foreach (string name in names)
        {
            buffer.AddName(Encoding.Latin1.GetBytes(name));
        }

        return buffer.Bytes.ToArray();
    }

    private static string Encode(Action<WalBatch> write) => BitConverter.ToString(Record(write));

    private static byte[] Record(Action<WalBatch> write)
    {
        var batch = new WalBatch();
        batch.Reset(1);
        batch.BeginRecord();
        write(batch);
        batch.EndRecord();
        return batch.Seal(WalBatchKind.Records, 1, 0)[(WalFormat.BatchHeaderBytes + WalFormat.RecordHeaderBytes)..batch.ByteCount].ToArray();
    }
}
