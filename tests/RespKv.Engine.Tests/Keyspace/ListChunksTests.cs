using RespKv.Engine.Keyspace.Collections;

namespace RespKv.Engine.Tests.Keyspace;

public class ListChunksTests
{
    private readonly ListChunks _list = new();
    private readonly List<byte[]> _model = [];

    /// <summary>Each with its lengths and a different weight on growing, so that nodes are split, merged, trimmed and dropped.</summary>
    [Theory]
    [InlineData(1, 20, 55)]
    [InlineData(2, 300, 55)]
    [InlineData(3, 3_000, 55)]
    [InlineData(4, 30_000, 52)]
    [InlineData(5, 3, 60)]
    [InlineData(6, 200, 45)]
    [InlineData(7, 9_000, 70)]
    public void Random_operations_do_what_they_do_to_a_list_of_arrays(int seed, int lengthMax, int growPercent)
    {
        var random = new Random(seed);
        for (int step = 0; step < 6_000; step++)
        {
            if (random.Next(100) < growPercent)
            {
                Grow(random, lengthMax);
            }
            else
            {
                Change(random, lengthMax);
            }

            Assert.Equal(_model.Count, _list.Count);
            if (step % 500 == 0)
            {
                Compare();
            }
            else if (_model.Count > 0)
            {
                int index = random.Next(_model.Count);
                Assert.True(_list.Get(index).SequenceEqual(_model[index]));
            }
        }

        Compare();
    }

    [Fact]
    public void Cursor_outside_of_the_list_is_on_no_element()
    {
        Assert.False(_list.CursorAt(0).IsValid);
        _list.PushLast("a"u8);
        Assert.False(_list.CursorAt(1).IsValid);
        Assert.False(_list.CursorAt(-1).IsValid);
        ListChunks.Cursor cursor = _list.CursorAt(0);
        Assert.True(cursor.IsValid);
        Assert.False(cursor.MovePrevious());
        Assert.False(cursor.IsValid);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(2_097_151)]
    [InlineData(2_097_152)]
    public void Element_of_any_length_is_read_from_either_side(int length)
    {
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);
        _list.PushLast("left"u8);
        _list.PushLast(value);
        _list.PushLast("right"u8);
        ListChunks.Cursor cursor = _list.CursorAt(0);
        Assert.True(cursor.MoveNext());
        Assert.True(cursor.Current.SequenceEqual(value));
        cursor = _list.CursorAt(2);
        Assert.True(cursor.MovePrevious());
        Assert.True(cursor.Current.SequenceEqual(value));
        Assert.True(cursor.MovePrevious());
        Assert.True(cursor.Current.SequenceEqual("left"u8));
    }

    [Fact]
    public void Small_elements_take_two_bytes_and_little_more()
    {
        for (int i = 0; i < 100_000; i++)
        {
            _list.PushLast("0123456789"u8);
        }

        Assert.InRange(_list.Bytes, 100_000 * 12, 100_000 * 12 * 1.03);
    }

    [Fact]
    public void List_that_is_a_queue_keeps_the_memory_of_what_is_in_it()
    {
        for (int i = 0; i < 100_000; i++)
        {
            _list.PushLast("0123456789"u8);
            if (i >= 100)
            {
                _list.RemoveFirst(1);
            }
        }

        Assert.Equal(100, _list.Count);
        Assert.InRange(_list.Bytes, 1, 3 * 8192);
    }

    [Fact]
    public void Small_elements_between_large_ones_do_not_have_a_whole_node_each()
    {
        byte[] large = new byte[9_000];
        for (int i = 0; i < 1_000; i++)
        {
            _list.PushLast(i % 2 == 0 ? large : "small"u8);
        }

        Assert.InRange(_list.Bytes, 500 * 9_000, 500 * 9_000 * 1.05);
        _list.Clear();
        for (int i = 0; i < 500; i++)
        {
            _list.PushLast("small"u8);
        }

        for (int i = 0; i < 500; i++)
        {
            _list.Insert((2 * i) + 1, large);
        }

        Assert.InRange(_list.Bytes, 500 * 9_000, 500 * 9_000 * 1.05);
    }

    [Fact]
    public void Nodes_thinned_out_one_by_one_are_merged()
    {
        for (int i = 0; i < 100_000; i++)
        {
            _list.PushLast("0123456789"u8);
        }

        for (int i = 0; i < 1_000; i++)
        {
            for (int removed = 0; removed < 99; removed++)
            {
                _list.RemoveAt(i);
            }
        }

        Assert.Equal(1_000, _list.Count);
        Assert.InRange(_list.Bytes, 1_000 * 12, 8 * 8192);
    }

    [Fact]
    public void Nodes_thinned_out_in_one_pass_are_merged()
    {
        var indexes = new List<long>();
        for (int i = 0; i < 100_000; i++)
        {
            _list.PushLast(BitConverter.GetBytes(i));
            if (i % 100 != 0)
            {
                indexes.Add(i);
            }
        }

        _list.RemoveAt(indexes.ToArray());
        Assert.Equal(1_000, _list.Count);
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(i * 100, BitConverter.ToInt32(_list.Get(i)));
        }

        Assert.InRange(_list.Bytes, 1_000 * 6, 8 * 8192);
    }

    [Fact]
    public void Large_element_that_becomes_small_gives_its_memory_back()
    {
        _list.PushLast(new byte[100_000]);
        _list.PushLast("b"u8);
        _list.Set(0, new byte[20_000]);
        Assert.InRange(_list.Bytes, 20_000, 20_000 + (2 * 8192));
        _list.Set(0, "a"u8);
        Assert.InRange(_list.Bytes, 1, 2 * 8192);
        Assert.True(_list.Get(0).SequenceEqual("a"u8));
    }

    [Fact]
    public void Cleared_list_can_be_used_again()
    {
        Push(new Random(1), 1_000, 5_000);
        _list.Clear();
        Assert.Equal(0, _list.Count);
        Assert.InRange(_list.Bytes, 0, 1024);
        _list.PushFirst("a"u8);
        Assert.True(_list.Get(0).SequenceEqual("a"u8));
    }

    private static byte[] Value(Random random, int lengthMax)
    {
        byte[] value = new byte[random.Next(4) == 0 ? random.Next(lengthMax + 1) : random.Next(Math.Min(lengthMax, 30) + 1)];
        random.NextBytes(value);
        return value;
    }

    private void Push(Random random, int count, int lengthMax)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] value = Value(random, lengthMax);
            if (random.Next(2) == 0)
            {
                _list.PushFirst(value);
                _model.Insert(0, value);
            }
            else
            {
                _list.PushLast(value);
                _model.Add(value);
            }
        }
    }

    private void Grow(Random random, int lengthMax)
    {
        if (random.Next(3) != 0)
        {
            Push(random, random.Next(1, 6), lengthMax);
            return;
        }

        byte[] value = Value(random, lengthMax);
        int index = random.Next(_model.Count + 1);
        _list.Insert(index, value);
        _model.Insert(index, value);
    }

    private void Change(Random random, int lengthMax)
    {
        if (_model.Count == 0)
        {
            return;
        }

        int index = random.Next(_model.Count);
        int count = random.Next(Math.Min(_model.Count, random.Next(30) == 0 ? 500 : 5) + 1);
        switch (random.Next(6))
        {
            case 0:
                _list.RemoveFirst(count);
                _model.RemoveRange(0, count);
                break;
            case 1:
                _list.RemoveLast(count);
                _model.RemoveRange(_model.Count - count, count);
                break;
            case 2:
                _list.RemoveAt(index);
                _model.RemoveAt(index);
                break;
            case 3:
                RemoveSome(random, count);
                break;
            default:
                byte[] value = Value(random, lengthMax);
                _list.Set(index, value);
                _model[index] = value;
                break;
        }
    }

    private void RemoveSome(Random random, int count)
    {
        long[] indexes = [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(_model.Count)).Distinct().Order()];
        _list.RemoveAt(indexes);
        foreach (long index in indexes.Reverse())
        {
            _model.RemoveAt((int)index);
        }
    }

    /// <summary>Each element by its index, and by a cursor that goes there and back.</summary>
    private void Compare()
    {
        long bytes = 0;
        ListChunks.Cursor forward = _list.CursorAt(0);
        ListChunks.Cursor backward = _list.CursorAt(_list.Count - 1);
        for (int i = 0; i < _model.Count; i++)
        {
            bytes += _model[i].Length;
            Assert.True(_list.Get(i).SequenceEqual(_model[i]));
            Assert.True(forward.Current.SequenceEqual(_model[i]));
            Assert.True(backward.Current.SequenceEqual(_model[_model.Count - 1 - i]));
            Assert.Equal(i < _model.Count - 1, forward.MoveNext());
            Assert.Equal(i < _model.Count - 1, backward.MovePrevious());
        }

        Assert.InRange(_list.Bytes, bytes, (2.5 * bytes) + (6L * _model.Count) + (3 * 8192) + 1024);
    }
}
