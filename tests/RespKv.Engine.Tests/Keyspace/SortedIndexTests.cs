using System.Text;
using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Tests.Keyspace;

public class SortedIndexTests
{
    private static readonly double[] Extremes = [double.NegativeInfinity, double.PositiveInfinity, 0, -0.0, double.Epsilon, double.MaxValue, double.MinValue];

    private readonly SortedModel _model = new();

    [Theory]
    [InlineData(1, 1_000_000)] // nearly every score once
    [InlineData(2, 20)] // few scores: members decide
    [InlineData(3, 1)] // one score for all
    public void Random_operations_leave_what_a_sorted_list_holds(int seed, int scores)
    {
        var random = new Random(seed);
        const int operations = 60_000;
        for (int i = 0; i < operations; i++)
        {
            bool isFilling = i * 6 / operations % 2 == 0;
            if (random.Next(10) < (isFilling ? 8 : 2))
            {
                double score = random.Next(50) == 0 ? Extremes[random.Next(Extremes.Length)] : random.Next(scores) - (scores / 2);
                _model.Insert(score, Member(random));
            }
            else
            {
                _model.RemoveSomeOrMiss(random);
            }

            if (i % 50 == 0)
            {
                _model.CheckPlaces(random, Extremes);
            }

            if (i % 5_000 == 0)
            {
                _model.CheckAll();
            }
        }

        _model.CheckAll();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_set_that_grows_at_one_end_costs_little_more_than_its_entries(int direction)
    {
        const int count = 20_000;
        for (int i = 0; i < count; i++)
        {
            _model.Index.Insert(i * direction, "m"u8, _model.Add("m"));
        }

        Assert.Equal(count, _model.Index.Count);
        Assert.InRange(_model.Index.Bytes, 16 * count, 19 * count);
    }

    [Fact]
    public void A_set_in_random_order_costs_less_than_24_bytes_an_entry()
    {
        var random = new Random(4);
        const int count = 100_000;
        for (int i = 0; i < count; i++)
        {
            _model.Index.Insert(random.NextDouble(), "m"u8, _model.Add("m"));
        }

        Assert.InRange(_model.Index.Bytes, 16 * count, 24 * count);
    }

    [Fact]
    public void Deletions_give_the_memory_back()
    {
        var random = new Random(5);
        long empty = _model.Index.Bytes;
        for (int i = 0; i < 20_000; i++)
        {
            _model.Insert(random.Next(1_000), Member(random));
        }

        int filled = _model.Count;
        while (_model.Count > filled / 10)
        {
            _model.RemoveAt(random.Next(_model.Count));
        }

        _model.CheckAll();
        Assert.InRange(_model.Index.Bytes, 0, _model.Count * 48L);
        while (_model.Count > 0)
        {
            _model.RemoveAt(random.Next(_model.Count));
        }

        _model.CheckAll();
        Assert.InRange(_model.Index.Bytes, empty, empty + 1_024);
    }

    [Fact]
    public void Both_ends_can_be_popped_until_nothing_is_left()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _model.Insert(i / 3, $"m{i:d5}");
        }

        while (_model.Count > 0)
        {
            _model.RemoveAt(_model.Count % 3 == 0 ? 0 : _model.Count - 1);
            if (_model.Count % 500 == 0)
            {
                _model.CheckAll();
            }
        }

        Assert.False(_model.Index.At(0).IsValid);
    }

    [Fact]
    public void Minus_zero_and_zero_are_one_score()
    {
        _model.Insert(0, "b");
        _model.Insert(-0.0, "a");
        _model.Insert(-0.0, "c");

        _model.CheckAll();
        Assert.Equal(0, _model.Index.CountBelow(-0.0, orEqual: false));
        Assert.Equal(3, _model.Index.CountBelow(-0.0, orEqual: true));
        Assert.True(_model.Index.Remove(0, "c"u8));
    }

    [Fact]
    public void Members_are_compared_by_their_bytes_and_the_shorter_is_first()
    {
        foreach (string member in (string[])["b", "", "a\u00ff", "ab", "a", "aa", "a\0"])
        {
            _model.Index.Insert(1, Encoding.Latin1.GetBytes(member), _model.Add(member));
        }

        Assert.Equal(["", "a", "a\0", "aa", "ab", "a\u00ff", "b"], _model.Names());
    }

    [Fact]
    public void A_rank_beyond_the_ends_is_no_entry()
    {
        Assert.False(_model.Index.At(0).IsValid);
        _model.Insert(1, "a");

        SortedCursor cursor = _model.Index.At(0);
        Assert.True(cursor.IsValid);
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MovePrevious());
        Assert.False(_model.Index.At(1).IsValid);
        Assert.False(_model.Index.At(-1).IsValid);
    }

    private static string Member(Random random) => new string((char)('a' + random.Next(26)), random.Next(4)) + random.Next(5_000);
}
