namespace RespKv.Engine.Keyspace;

/// <summary>
/// Arrays of their own for entries that are too long for a cell, by number. An array holds the key, then the value, then
/// room to grow. The table grows by blocks, so that no growth copies it.
/// </summary>
internal sealed class LargeValues(KeyspaceMemory memory)
{
    /// <summary>What the runtime adds to an array, and the table's own share.</summary>
    public const int OverheadBytes = 24 + 12;

    private const int BlockShift = 10;

    private Block[] _blocks = [];
    private int _end;
    private int _firstFree = -1;

    private sealed class Block
    {
        public readonly byte[]?[] Arrays = new byte[]?[1 << BlockShift];
        public readonly int[] NextFree = new int[1 << BlockShift];
    }

    /// <summary>Bytes of all arrays with their overhead.</summary>
    public long Bytes { get; private set; }

    public byte[] this[int number] => _blocks[number >> BlockShift].Arrays[Slot(number)]!;

    public int Add(byte[] array)
    {
        int number = _firstFree;
        if (number >= 0)
        {
            _firstFree = _blocks[number >> BlockShift].NextFree[Slot(number)];
        }
        else
        {
            number = _end++;
            if (number >> BlockShift == _blocks.Length)
            {
                Array.Resize(ref _blocks, _blocks.Length + 1);
                _blocks[^1] = new Block();
            }
        }

        _blocks[number >> BlockShift].Arrays[Slot(number)] = array;
        Count(array.Length + OverheadBytes);
        return number;
    }

    public void Replace(int number, byte[] array)
    {
        ref byte[]? slot = ref _blocks[number >> BlockShift].Arrays[Slot(number)];
        memory.DroppedBytes += slot!.Length;
        Count(array.Length - slot.Length);
        slot = array;
    }

    public void Remove(int number)
    {
        Block block = _blocks[number >> BlockShift];
        int length = block.Arrays[Slot(number)]!.Length;
        memory.DroppedBytes += length;
        Count(-(length + OverheadBytes));
        block.Arrays[Slot(number)] = null;
        block.NextFree[Slot(number)] = _firstFree;
        _firstFree = number;
    }

    public void Clear()
    {
        memory.DroppedBytes += Bytes;
        Count(-Bytes);
        _blocks = [];
        _end = 0;
        _firstFree = -1;
    }

    private static int Slot(int number) => number & ((1 << BlockShift) - 1);

    private void Count(long bytes)
    {
        Bytes += bytes;
        memory.LargeBytes += bytes;
    }
}
