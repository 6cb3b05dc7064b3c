using System.Text;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Tests.Tables;

/// <summary>Folding means the same as replaying, whatever was there before and wherever the changes are cut into entries.</summary>
public sealed class EntryFoldTests
{
    private static readonly StringModel?[] Befores = [null, new("", -1), new("old value", 77), new(new string('o', 50), -1)];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(200, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_changes_mean_the_same_as_replaying_them(int seed)
    {
        var random = new Random(seed);
        var fold = new EntryFold();
        for (int round = 0; round < 50; round++)
        {
            fold.Reset();
            StringModel?[] models = [.. Befores];
            int changes = random.Next(1, round % 10 == 0 ? 300 : 8);
            for (int change = 0; change < changes; change++)
            {
                Change(random, fold, models, canReset: changes < 8);
            }

            AssertMeans(models, fold);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Entries_of_parts_of_the_changes_mean_the_same_as_all_of_them(int seed)
    {
        var random = new Random(seed);
        var part = new EntryFold();
        var whole = new EntryFold();
        for (int round = 0; round < 50; round++)
        {
            whole.Reset();
            StringModel?[] models = [.. Befores];
            for (int parts = random.Next(1, 5); parts > 0; parts--)
            {
                part.Reset();
                for (int changes = random.Next(1, 6); changes > 0; changes--)
                {
                    Change(random, part, models, canReset: true);
                }

                whole.Apply(part.Entry);
            }

            AssertMeans(models, whole);
        }
    }

    [Fact]
    public void Nothing_applied_is_no_entry()
    {
        var fold = new EntryFold();

        Assert.False(fold.HasEntry);
        Assert.False(fold.ResolveAtBottom());
        Assert.Throws<InvalidOperationException>(() => fold.Entry.Kind);
        fold.Delete();
        Assert.True(fold.HasEntry);
        fold.Reset();
        Assert.False(fold.HasEntry);
    }

    [Fact]
    public void Write_into_nothing_creates_zeros_without_expiry()
    {
        var fold = new EntryFold();
        fold.SetExpiry(99);
        fold.WriteRange(3, "ab"u8);

        Assert.Equal(TableEntryKind.Patch, fold.Entry.Kind);
        Assert.True(fold.ResolveAtBottom());
        Assert.Equal(TestEntry.Value("", "\0\0\0ab"), TestEntry.Of(default, fold.Entry));
    }

    [Fact]
    public void Expiry_of_nothing_is_nothing()
    {
        var fold = new EntryFold();
        fold.SetExpiry(99);

        Assert.False(fold.ResolveAtBottom());
        Assert.False(fold.HasEntry);
    }

    [Fact]
    public void Expiry_after_a_deletion_is_a_deletion_and_a_write_a_new_value()
    {
        var fold = new EntryFold();
        fold.Set(1, 5, "old"u8);
        fold.Delete();
        fold.SetExpiry(99);
        Assert.Equal(TableEntryKind.Tombstone, fold.Entry.Kind);

        fold.WriteRange(1, "x"u8);
        Assert.Equal(TestEntry.Value("", "\0x"), TestEntry.Of(default, fold.Entry));
    }

    [Fact]
    public void Empty_write_only_extends()
    {
        var fold = new EntryFold();
        fold.Set(1, -1, "abc"u8);
        fold.WriteRange(5, default);
        fold.WriteRange(2, default);
        Assert.Equal(TestEntry.Value("", "abc\0\0"), TestEntry.Of(default, fold.Entry));

        fold.Reset();
        fold.WriteRange(4, default);
        fold.WriteRange(0, "a"u8);
        Assert.True(fold.ResolveAtBottom());
        Assert.Equal(TestEntry.Value("", "a\0\0\0"), TestEntry.Of(default, fold.Entry));
    }

    [Fact]
    public void Patch_has_one_spelling_for_what_it_means()
    {
        var first = new EntryFold();
        first.SetExpiry(1);
        first.WriteRange(4, "dd"u8);
        first.WriteRange(0, "aaa"u8);
        first.SetExpiry(2);
        first.WriteRange(2, "bb"u8);
        first.SetExpiry(3);

        // One range of 6 bytes from 0 on, then the expiry 3.
        Assert.Equal("02-00-06-61-61-62-62-64-64-04-04", BitConverter.ToString(first.Entry.Bytes.ToArray()));
    }

    [Fact]
    public void Key_that_is_written_again_and_again_makes_a_small_patch()
    {
        var fold = new EntryFold();
        byte[] data = new byte[100];
        for (int write = 0; write < 100_000; write++)
        {
            fold.WriteRange(write * 37 % 1000, data);
        }

        Assert.InRange(fold.Entry.Bytes.Length, 1, 1200);
    }

    [Fact]
    public void Large_appends_become_one_range()
    {
        var fold = new EntryFold();
        byte[] data = new byte[100_000];
        for (int write = 0; write < 20; write++)
        {
            fold.WriteRange(write * data.Length, data);
        }

        Assert.InRange(fold.Entry.Bytes.Length, 2_000_000, 2_000_020);
        Assert.True(fold.ResolveAtBottom());
        Assert.Equal(2_000_000, fold.Entry.Bytes.Length);
    }

    [Fact]
    public void Write_that_fits_no_string_is_refused()
    {
        var fold = new EntryFold();

        Assert.Throws<InvalidDataException>(() => fold.WriteRange(Array.MaxLength, "x"u8));
        Assert.Throws<ArgumentOutOfRangeException>(() => fold.WriteRange(-1, "x"u8));
        Assert.False(fold.HasEntry);
    }

    [Fact]
    public void Write_into_something_else_than_a_string_is_refused()
    {
        var fold = new EntryFold();
        fold.Set(2, -1, "abc"u8);

        Assert.Throws<InvalidDataException>(() => fold.WriteRange(0, "x"u8));
    }

    [Fact]
    public void Malformed_entries_are_refused()
    {
        var fold = new EntryFold();

        Assert.Throws<InvalidDataException>(() => fold.Apply(new TableEntry((TableEntryKind)9, 0, -1, default)));
        Assert.Throws<InvalidDataException>(() => fold.Apply(new TableEntry(TableEntryKind.Patch, 0, -1, [0x03])));
        Assert.Throws<ArgumentOutOfRangeException>(() => fold.Set(0, -1, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => fold.SetExpiry(-2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("02")]
    [InlineData("0200")]
    [InlineData("02000261")]
    [InlineData("02FFFFFFFF0F00")]
    [InlineData("04")]
    [InlineData("0480")]
    [InlineData("04FFFFFFFFFFFFFFFFFF01")]
    [InlineData("040005")]
    public void Malformed_patch_is_seen(string hex)
        => Assert.False(Patch.IsWellFormed(Convert.FromHexString(hex)));

    [Fact]
    public void Bytes_of_a_patch_never_change()
    {
        byte[] patch = new byte[Patch.WriteRangeBytesMax(2) + Patch.SetExpiryBytesMax];
        int length = Patch.WriteWriteRange(patch, 300, "xy"u8);
        length += Patch.WriteSetExpiry(patch.AsSpan(length), 1_698_000_000_127);
        length += Patch.WriteSetExpiry(patch.AsSpan(length), -1);

        Assert.Equal("02AC020278790480A9BFC5B5310400", Convert.ToHexString(patch.AsSpan(0, length)));
        Assert.True(Patch.IsWellFormed(patch.AsSpan(0, length)));
    }

    /// <summary>Makes the same random change to the fold and to all models.</summary>
    private static void Change(Random random, EntryFold fold, StringModel?[] models, bool canReset)
    {
        string data = TableMaker.RandomText(random, "abc", random.Next(6));
        byte[] bytes = Encoding.Latin1.GetBytes(data);
        int offset = random.Next(canReset ? 12 : 3000);
        long expireAtMillis = random.Next(-1, 5);
        switch (random.Next(canReset ? 10 : 8))
        {
            case < 6:
                fold.WriteRange(offset, bytes);
                Each(models, model => StringModel.WriteRange(model, offset, data));
                break;
            case < 8:
                fold.SetExpiry(expireAtMillis);
                Each(models, model => StringModel.SetExpiry(model, expireAtMillis));
                break;
            case 8:
                fold.Delete();
                Each(models, _ => null);
                break;
            default:
                fold.Set(1, expireAtMillis, bytes);
                Each(models, _ => new StringModel(data, expireAtMillis));
                break;
        }
    }

    private static void Each(StringModel?[] models, Func<StringModel?, StringModel?> change)
    {
        for (int index = 0; index < models.Length; index++)
        {
            models[index] = change(models[index]);
        }
    }

    private static void AssertMeans(StringModel?[] models, EntryFold fold)
    {
        var entry = TestEntry.Of(default, fold.Entry);
        Assert.Equal(models, Befores.Select(before => StringModel.Apply(before, entry)));

        Assert.Equal(models[0] is not null, fold.ResolveAtBottom());
        if (models[0] is not null)
        {
            var resolved = TestEntry.Of(default, fold.Entry);
            Assert.Equal(TestEntry.Value("", models[0]!.Value, models[0]!.ExpireAtMillis), resolved);
        }
    }
}
