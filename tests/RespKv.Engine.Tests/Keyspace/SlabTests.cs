using System.Runtime.InteropServices;
using RespKv.Engine.Keyspace;

namespace RespKv.Engine.Tests.Keyspace;

public class SlabTests
{
    private readonly KeyspaceMemory _memory = new();
    private readonly Slab _slab;

    public SlabTests()
    {
        _slab = new Slab(_memory);
    }

    [Fact]
    public void Size_classes_waste_at_most_an_eighth()
    {
        for (int bytes = 1; bytes <= SizeClasses.CellBytesMax; bytes++)
        {
            int cell = SizeClasses.BytesOf(SizeClasses.ClassOf(bytes));
            Assert.Equal(0, cell % SizeClasses.UnitBytes);
            Assert.InRange(cell - bytes, 0, Math.Max(7, (bytes / 8) + 7));
        }
    }

    [Fact]
    public void Size_classes_ascend_and_leave_next_to_nothing_of_a_page()
    {
        Assert.InRange(SizeClasses.Count, 1, 255);
        for (int i = 0; i < SizeClasses.Count; i++)
        {
            Assert.True(i == 0 || SizeClasses.UnitsOf(i) > SizeClasses.UnitsOf(i - 1));
            Assert.Equal(i, SizeClasses.ClassOf(SizeClasses.BytesOf(i)));
            Assert.InRange(SizeClasses.PageBytes % SizeClasses.BytesOf(i), 0, SizeClasses.PageBytes / 100);
        }

        Assert.Equal(SizeClasses.CellBytesMax, SizeClasses.BytesOf(SizeClasses.Count - 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cells_never_overlap_whatever_the_order_of_allocations(int seed)
    {
        var random = new Random(seed);
        var live = new List<(ulong Address, int Bytes, byte Mark)>();
        for (int i = 0; i < 60_000; i++)
        {
            bool isGrowing = i / 10_000 % 2 == 0;
            if (live.Count == 0 || random.Next(10) < (isGrowing ? 7 : 3))
            {
                int bytes = random.Next(50) == 0 ? random.Next(1, 40_000) : random.Next(1, 300);
                ulong address = _slab.Allocate(bytes);
                Assert.NotEqual(0UL, address);
                Assert.InRange(_slab.CellBytes(address), bytes, bytes + (bytes / 8) + 8);
                byte mark = (byte)random.Next(256);
                _slab.At(address)[..bytes].Fill(mark);
                live.Add((address, bytes, mark));
            }
            else
            {
                int at = random.Next(live.Count);
                (ulong address, int bytes, byte mark) = live[at];
                Assert.Equal(-1, _slab.At(address)[..bytes].IndexOfAnyExcept(mark));
                _slab.Free(address);
                live[at] = live[^1];
                live.RemoveAt(live.Count - 1);
            }
        }

        foreach ((ulong address, int bytes, byte mark) in live)
        {
            Assert.Equal(-1, _slab.At(address)[..bytes].IndexOfAnyExcept(mark));
            _slab.Free(address);
        }

        Assert.InRange(_memory.ChunkBytes, 0, 2 * ChunkTable.ChunkBytes);
    }

    [Fact]
    public void Freed_cell_is_the_next_of_its_class()
    {
        ulong first = _slab.Allocate(88);
        ulong second = _slab.Allocate(88);
        _slab.Free(first);
        Assert.Equal(first, _slab.Allocate(81));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Page_that_is_empty_again_serves_another_class()
    {
        int perPage = SizeClasses.PageBytes / 128;
        ulong[] cells = Enumerable.Range(0, perPage).Select(_ => _slab.Allocate(128)).ToArray();
        ulong page = cells[0] >> ChunkTable.PageShift;
        Assert.All(cells, cell => Assert.Equal(page, cell >> ChunkTable.PageShift));
        Assert.NotEqual(page, _slab.Allocate(128) >> ChunkTable.PageShift);
        foreach (ulong cell in cells)
        {
            _slab.Free(cell);
        }

        Assert.Equal(page, _slab.Allocate(16) >> ChunkTable.PageShift);
    }

    [Fact]
    public void Chunks_that_are_empty_again_are_pooled_and_the_rest_is_dropped()
    {
        var cells = new List<ulong>();
        for (int i = 0; i < 10 * ChunkTable.ChunkBytes / SizeClasses.CellBytesMax; i++)
        {
            cells.Add(_slab.Allocate(SizeClasses.CellBytesMax));
        }

        Assert.Equal(10L * ChunkTable.ChunkBytes, _memory.ChunkBytes);
        cells.ForEach(_slab.Free);
        Assert.InRange(_memory.ChunkBytes, 0, 2 * ChunkTable.ChunkBytes);
        Assert.True(_memory.PooledBytes > 0);
        Assert.True(_memory.DroppedBytes > 0);
        Assert.Equal(10L * ChunkTable.ChunkBytes, _memory.ChunkBytes + _memory.PooledBytes + _memory.DroppedBytes);
    }

    [Theory]
    [InlineData(SizeClasses.CellBytesMax + 1)]
    [InlineData(1_000_000)]
    [InlineData(ChunkTable.ChunkBytes)]
    public void Oversize_block_has_an_array_of_its_own(int bytes)
    {
        ulong address = _slab.Allocate(bytes);
        ulong other = _slab.Allocate(10);
        Assert.InRange(_slab.CellBytes(address), bytes, bytes + 8);
        _slab.At(address)[..bytes].Fill(1);
        Assert.Equal(0UL, (address ^ other) >> 60);
        _slab.Free(address);
        Assert.Equal((long)ChunkTable.ChunkBytes, _memory.ChunkBytes);
        Assert.InRange(_memory.DroppedBytes, bytes, bytes + 8);
    }

    [Fact]
    public void Words_lie_at_eight_byte_steps_of_the_cell()
    {
        ulong address = _slab.Allocate(64);
        _slab.WordsAt(address, 8)[7] = 0x0102030405060708;
        Assert.Equal(0x0102030405060708UL, MemoryMarshal.Read<ulong>(_slab.At(address)[56..]));
    }

    [Fact]
    public void Cleared_slab_starts_again_with_pooled_chunks()
    {
        for (int i = 0; i < 3 * ChunkTable.ChunkBytes / 1024; i++)
        {
            _slab.Allocate(1024);
        }

        _slab.Clear();
        Assert.Equal(0, _memory.ChunkBytes);
        Assert.InRange(_memory.PooledBytes, 3L * ChunkTable.ChunkBytes, 4L * ChunkTable.ChunkBytes);
        Assert.NotEqual(0UL, _slab.Allocate(1024));
        Assert.Equal((long)ChunkTable.ChunkBytes, _memory.ChunkBytes);
    }
}
