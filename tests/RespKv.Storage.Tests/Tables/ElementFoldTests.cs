using System.Text;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;

namespace RespKv.Storage.Tests.Tables;

/// <summary>Folding changes of elements means the same as replaying them, wherever they are cut and in whatever order the parts are folded.</summary>
public sealed class ElementFoldTests
{
    private const byte Type = ElementTypes.Hash;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(500, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_changes_that_are_cut_and_merged_in_any_order_mean_the_same_as_replaying_them(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            State? before = RandomBefore(random, round % 10 == 0 ? 200 : 8);
            State? state = before;
            var direct = new EntryFold();
            Apply(direct, before);
            var parts = new List<TestEntry>();
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                var part = new EntryFold();
                for (int changes = random.Next(1, round % 10 == 0 ? 300 : 9); changes > 0; changes--)
                {
                    state = Change(random, state, round % 10 == 0 ? 300 : 6, part, direct);
                }

                parts.Add(TestEntry.Of(default, part.Entry));
            }

            AssertIs(state, direct);
            while (parts.Count > 1)
            {
                int at = random.Next(parts.Count - 1);
                parts[at] = Merge(parts[at], parts[at + 1]);
                parts.RemoveAt(at + 1);
            }

            var over = new EntryFold();
            Apply(over, before);
            over.Apply(Entry(parts[0]));
            AssertIs(state, over);
            if (before is null)
            {
                var alone = new EntryFold();
                alone.Apply(Entry(parts[0]));
                AssertIs(state, alone);
            }
        }
    }

    [Fact]
    public void Patch_has_removals_first_then_puts_in_order()
    {
        var fold = new EntryFold();
        fold.SetExpiry(1);
        fold.RemoveElements(Type, Names("a", "b"));
        fold.PutElements(Type, Elements("c=1", "a=2"));
        fold.SetExpiry(2);
        fold.PutElements(Type, Elements("c=3"));
        fold.RemoveElements(Type, Names("d"));

        // Removed: b, a, d. Put: c, a. Then the expiry 2.
        Assert.Equal("0904060162016101640804080163013301610132" + "0403", Convert.ToHexString(fold.Entry.Bytes));
        Assert.True(Patch.IsWellFormed(fold.Entry.Bytes));
        Assert.Equal("x=0 e=5 c=3 a=2 @2", Over(fold, "a=0", "x=0", "b=7", "e=5", "d=1"));
        Assert.Equal("c=3 x=0 a=2 @2", Over(fold, "c=0", "x=0"));
        Assert.True(fold.ResolveAtBottom());
        Assert.Equal("c=3 a=2 @2", Text(fold));
    }

    [Fact]
    public void Element_that_is_removed_and_put_again_goes_to_the_end_and_one_that_is_only_put_keeps_its_place()
    {
        var fold = new EntryFold();
        fold.PutElements(Type, Elements("a=new"));
        fold.RemoveElements(Type, Names("b"));
        fold.PutElements(Type, Elements("b=new"));

        Assert.Equal("a=new c=0 b=new @-1", Over(fold, "a=0", "b=0", "c=0"));
    }

    [Fact]
    public void Put_into_nothing_or_a_deleted_key_creates_a_collection_without_expiry()
    {
        var fold = new EntryFold();
        fold.SetExpiry(99);
        fold.PutElements(Type, Elements("a=1"));
        Assert.Equal(TableEntryKind.Patch, fold.Entry.Kind);
        Assert.True(fold.ResolveAtBottom());
        Assert.Equal("a=1 @-1", Text(fold));

        fold.Delete();
        fold.PutElements(ElementTypes.Set, Elements("b="));
        Assert.Equal((TableEntryKind.Value, ElementTypes.Set), (fold.Entry.Kind, fold.Entry.Type));
    }

    [Fact]
    public void Removal_from_nothing_is_nothing()
    {
        var fold = new EntryFold();
        fold.RemoveElements(Type, Names("a"));
        fold.SetExpiry(5);
        Assert.Equal(TableEntryKind.Patch, fold.Entry.Kind);
        Assert.False(Patch.CreatesKey(fold.Entry.Bytes));
        Assert.False(fold.ResolveAtBottom());

        fold.Delete();
        fold.RemoveElements(Type, Names("a"));
        Assert.Equal(TableEntryKind.Tombstone, fold.Entry.Kind);
    }

    [Fact]
    public void Collection_without_elements_is_nothing_and_takes_elements_again()
    {
        var fold = new EntryFold();
        fold.Set(Type, 77, Elements("a=1"));
        fold.RemoveElements(Type, Names("a"));
        Assert.Equal(TableEntryKind.Tombstone, fold.Entry.Kind);
        fold.PutElements(Type, Elements("b=2"));
        Assert.Equal("b=2 @77", Text(fold));
        fold.RemoveElements(Type, Names("b"));
        Assert.False(fold.ResolveAtBottom());
        Assert.False(fold.HasEntry);
    }

    [Fact]
    public void Puts_that_are_all_removed_leave_removals_and_the_last_expiry()
    {
        var fold = new EntryFold();
        fold.SetExpiry(1);
        fold.PutElements(Type, Elements("a=1"));
        fold.SetExpiry(2);
        fold.RemoveElements(Type, Names("a"));

        Assert.Equal("0403" + "0904020161", Convert.ToHexString(fold.Entry.Bytes));
        Assert.Equal("b=1 @2", Over(fold, "a=0", "b=1"));
    }

    [Fact]
    public void Same_elements_put_and_removed_again_and_again_make_a_small_patch()
    {
        var fold = new EntryFold();
        for (int round = 0; round < 100_000; round++)
        {
            fold.PutElements(Type, Elements($"f{round % 7}={new string('v', round % 50)}"));
            if (round % 3 == 0)
            {
                fold.RemoveElements(Type, Names($"f{round % 5}"));
            }
        }

        Assert.InRange(fold.Entry.Bytes.Length, 1, 500);
    }

    [Fact]
    public void Million_elements_put_one_by_one_and_a_small_patch_over_them_take_linear_time()
    {
        const int Count = 1_000_000;
        var fold = new EntryFold();
        fold.Delete();
        var buffer = new ElementBuffer();
        for (int index = 0; index < Count; index++)
        {
            buffer.Clear();
            buffer.Add(BitConverter.GetBytes(index), default);
            fold.PutElements(ElementTypes.Set, buffer.Bytes);
        }

        Assert.Equal(Count * 6, fold.Entry.Bytes.Length);
        buffer.Clear();
        for (int index = 0; index < Count; index += 2)
        {
            buffer.AddName(BitConverter.GetBytes(index));
        }

        fold.RemoveElements(ElementTypes.Set, buffer.Bytes);
        Assert.Equal(Count / 2 * 6, fold.Entry.Bytes.Length);
        Assert.Equal(BitConverter.GetBytes(1), fold.Entry.Bytes[1..5].ToArray());
    }

    [Fact]
    public void Change_of_another_type_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.Set(Type, -1, Elements("a=1"))).PutElements(ElementTypes.Set, Elements("a=")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.Set(Type, -1, Elements("a=1"))).RemoveElements(ElementTypes.Set, Names("a")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.Set(1, -1, "a"u8)).PutElements(Type, Elements("a=1")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.PutElements(Type, Elements("a=1"))).PutElements(ElementTypes.Set, Elements("a=")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.PutElements(Type, Elements("a=1"))).WriteRange(0, "a"u8));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.RemoveElements(Type, Names("a"))).WriteRange(0, "a"u8));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.WriteRange(0, "a"u8)).PutElements(Type, Elements("a=1")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.WriteRange(0, "a"u8)).RemoveElements(Type, Names("a")));
        Assert.Throws<InvalidDataException>(() => Fold(fold => fold.Set(Type, -1, Elements("a=1"))).WriteRange(0, "a"u8));
    }

    [Fact]
    public void Value_that_is_no_elements_is_seen_when_elements_change()
    {
        EntryFold fold = Fold(fold => fold.Set(Type, -1, "\u0005a"u8));
        fold.PutElements(Type, Elements("a=1"));

        Assert.Throws<InvalidDataException>(() => fold.Entry.Kind);
    }

    [Theory]
    [InlineData("08")]
    [InlineData("0804")]
    [InlineData("080400")]
    [InlineData("08040100")]
    [InlineData("0804020161")]
    [InlineData("080103016100")]
    [InlineData("080603016100")]
    [InlineData("0904")]
    [InlineData("090400")]
    [InlineData("0904020261")]
    [InlineData("080403016100" + "090302" + "0161")]
    [InlineData("020000" + "080403016100")]
    public void Malformed_patch_is_seen(string hex)
        => Assert.False(Patch.IsWellFormed(Convert.FromHexString(hex)));

    [Fact]
    public void Patch_that_is_cut_anywhere_is_malformed_or_ends_between_two_changes()
    {
        EntryFold fold = Fold(fold => fold.RemoveElements(Type, Names("gone", "also")));
        fold.PutElements(Type, Elements("a=1", "bb=22"));
        byte[] patch = fold.Entry.Bytes.ToArray();
        int removalBytes = 3 + 10;
        for (int length = 0; length < patch.Length; length++)
        {
            Assert.Equal(length == removalBytes, Patch.IsWellFormed(patch.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Bytes_of_a_patch_never_change()
    {
        byte[] patch = new byte[100];
        int length = Patch.WriteRemoveElements(patch, ElementTypes.List, Names("x"));
        length += Patch.WritePutElements(patch.AsSpan(length), ElementTypes.List, Elements("y=z"));

        Assert.Equal("0902020178" + "0802040179017A", Convert.ToHexString(patch.AsSpan(0, length)));
        Assert.True(length <= Patch.ElementsBytesMax(2) + Patch.ElementsBytesMax(4));
    }

    private static EntryFold Fold(Action<EntryFold> change)
    {
        var fold = new EntryFold();
        change(fold);
        return fold;
    }

    private static string Over(EntryFold patch, params string[] before)
    {
        EntryFold fold = Fold(fold => fold.Set(Type, -1, Elements(before)));
        fold.Apply(patch.Entry);
        return Text(fold);
    }

    private static string Text(EntryFold fold)
    {
        TableEntry entry = fold.Entry;
        return entry.Kind == TableEntryKind.Value
            ? string.Join(' ', ElementModel.Parse(entry.Bytes).Select(element => $"{element.Name}={element.Value}")) + $" @{entry.ExpireAtMillis}"
            : entry.Kind.ToString();
    }

    private static byte[] Elements(params string[] elements)
        => ElementModel.Elements(elements.Select(text => (text[..text.IndexOf('=', StringComparison.Ordinal)], text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..])));

    private static byte[] Names(params string[] names) => ElementModel.Names(names);

    private static TableEntry Entry(TestEntry entry) => new(entry.Kind, entry.Type, entry.ExpireAtMillis, Encoding.Latin1.GetBytes(entry.Bytes));

    private static TestEntry Merge(TestEntry older, TestEntry newer)
    {
        var fold = new EntryFold();
        fold.Apply(Entry(older));
        fold.Apply(Entry(newer));
        return TestEntry.Of(default, fold.Entry);
    }

    private static void Apply(EntryFold fold, State? before)
    {
        if (before is null)
        {
            fold.Delete();
        }
        else
        {
            fold.Set(Type, before.ExpireAtMillis, before.Elements);
        }
    }

    private static void AssertIs(State? expected, EntryFold fold)
    {
        Assert.Equal(expected is not null, fold.ResolveAtBottom());
        if (expected is not null)
        {
            Assert.Equal((Type, expected.ExpireAtMillis), (fold.Entry.Type, fold.Entry.ExpireAtMillis));
            Assert.Equal(ElementModel.Parse(expected.Elements), ElementModel.Parse(fold.Entry.Bytes));
        }
    }

    private static State? RandomBefore(Random random, int count)
    {
        return random.Next(4) == 0
            ? null
            : new State(ElementModel.Put([], RandomElements(random, random.Next(1, count), count)), random.Next(-1, 5));
    }

    private static byte[] RandomElements(Random random, int count, int names)
        => ElementModel.Elements(Enumerable.Range(0, count).Select(_ => ($"{random.Next(names)}", TableMaker.RandomText(random, "xyz", random.Next(9)))));

    /// <summary>As the engine does: what empties a collection is followed by its deletion.</summary>
    private static State? Change(Random random, State? state, int names, params EntryFold[] folds)
    {
        byte[] elements = RandomElements(random, random.Next(1, 4), names);
        byte[] removed = ElementModel.Names(ElementModel.Parse(RandomElements(random, random.Next(1, 4), names)).Select(element => element.Name));
        long expireAtMillis = random.Next(-1, 5);
        int kind = random.Next(20);
        foreach (EntryFold fold in folds)
        {
            if (kind < 9)
            {
                fold.PutElements(Type, elements);
            }
            else if (kind < 16)
            {
                fold.RemoveElements(Type, removed);
            }
            else if (kind < 19)
            {
                fold.SetExpiry(expireAtMillis);
            }
            else
            {
                fold.Delete();
            }
        }

        State? after = kind switch
        {
            < 9 => new State(ElementModel.Put(state?.Elements ?? [], elements), state?.ExpireAtMillis ?? -1),
            < 16 => state is null ? null : state with { Elements = ElementModel.Remove(state.Elements, removed) },
            < 19 => state is null ? null : state with { ExpireAtMillis = expireAtMillis },
            _ => null,
        };
        if (after is not { Elements.Length: 0 })
        {
            return after;
        }

        foreach (EntryFold fold in folds)
        {
            fold.Delete();
        }

        return null;
    }

    private sealed record State(byte[] Elements, long ExpireAtMillis);
}
