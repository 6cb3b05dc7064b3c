using System.Buffers.Binary;
using System.Security.Cryptography;
using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Fuzz.Wal;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;

namespace RespKv.Fuzz.Tables;

/// <summary>
/// Makes tables with the writer, then damages them, or changes what is under a checksum and makes the checksum fit. An input is a head
/// and the file; the head knows what the writer wrote.
/// </summary>
internal sealed class TableMaker
{
    public const int HeadBytes = 9;

    private const int BlockHeaderBytes = 28;
    private const int BlockCrcAt = 4;
    private const int BlockCrcFrom = 8;
    private const int BlockStoredBytesAt = 12;
    private const int BlockRawBytesAt = 16;
    private const int BlockPlaceAt = 20;
    private const int FooterBytes = 48;
    private const int FooterCrcAt = 8;
    private const int FooterCrcFrom = 12;
    private const string FileName = "made";

    private readonly MemoryFiles _files = new();
    private readonly List<int> _blocks = [];
    private readonly Mutator _mutator = new("RKTB", "RESPKVTB", "\0\0\0\0", "\u0001\0\0\0", "\0\0\0\u0001", "\u0080\u0001", "\u00ff\u00ff\u00ff\u00ff\u0007");

    public static bool IsCrafted(ReadOnlySpan<byte> input) => input.Length > 0 && input[0] != 0;

    /// <summary>The file is what the writer wrote.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> input)
        => input.Length >= HeadBytes && BinaryPrimitives.ReadUInt64LittleEndian(input[1..]) == Digest(input[HeadBytes..]);

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        // Most of what was changed is refused, and what is made out of it too.
        if (parent.Length <= HeadBytes || random.Next(3) == 0)
        {
            Anew(random, input);
        }
        else
        {
            input.Add(parent);
        }

        for (int left = random.Next(4); left > 0; left--)
        {
            if (random.Next(3) == 0)
            {
                _mutator.Change(random, HeadBytes, other, input);
            }
            else
            {
                input.Span[0] = 1;
                Craft(random, input);
                SealAll(input.Span[HeadBytes..]);
            }
        }
    }

    private static ulong Digest(ReadOnlySpan<byte> file)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(file, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static int BlockBytes(ReadOnlySpan<byte> file, int at) => BlockHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(file[(at + BlockStoredBytesAt)..]);

    private void Anew(Random random, InputBuffer input)
    {
        _files.Clear();
        var options = new TableOptions(64 << random.Next(5), random.Next(1, 17), random.Next(3) * 10, (TableCompression)random.Next(3), 4096);
        SortedSet<string> keys = new(StringComparer.Ordinal);
        for (int left = random.Next(40); left > 0; left--)
        {
            keys.Add($"{(char)random.Next(1, 3)}{(random.Next(3) == 0 ? "user:" : "")}{random.Next(1000)}");
        }

        using (var writer = new TableWriter(_files, FileName, 1, random.Next(1, 100), options, null))
        {
            byte[] key = new byte[64];
            byte[] value = new byte[400];
            foreach (string text in keys)
            {
                int keyBytes = TableKey.Write(key, text[0], System.Text.Encoding.ASCII.GetBytes(text[1..]));
                writer.Add(key.AsSpan(0, keyBytes), Entry(random, value));
            }

            writer.Finish();
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        head[0] = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(head[1..], Digest(_files[FileName]));
        input.Add(head);
        input.Add(_files[FileName]);
    }

    private static TableEntry Entry(Random random, byte[] value)
    {
        int bytes = random.Next(20) == 0 ? random.Next(value.Length) : random.Next(20);
        value.AsSpan(0, bytes).Fill((byte)random.Next(256));
        long expiry = random.Next(3) == 0 ? random.NextInt64() : -1;
        switch (random.Next(8))
        {
            case 0:
                return new TableEntry(TableEntryKind.Tombstone, 0, -1, default);
            case 1:
                // WriteRange at a small offset; sometimes an expiry before it.
                byte[] write = [2, (byte)random.Next(100), 2, 7, 8];
                return new TableEntry(TableEntryKind.Patch, 0, -1, random.Next(2) == 0 ? write : [4, (byte)random.Next(100), .. write]);
            case 2:
                // Names that are taken out, then elements that are put; sometimes an expiry behind them.
                byte type = (byte)random.Next(ElementTypes.List, ElementTypes.SortedSet + 1);
                byte[] changes = [9, type, 4, 1, (byte)random.Next(256), 1, 7, 8, type, 5, 1, (byte)random.Next(256), 2, 5, 6];
                return new TableEntry(TableEntryKind.Patch, 0, -1, random.Next(2) == 0 ? changes : [.. changes, 4, (byte)random.Next(100)]);
            case 3:
                var elements = new ElementBuffer();
                for (int left = random.Next(5); left >= 0; left--)
                {
                    elements.Add([(byte)left], value.AsSpan(0, bytes));
                }

                return new TableEntry(TableEntryKind.Value, (byte)random.Next(ElementTypes.List, ElementTypes.SortedSet + 1), expiry, elements.Bytes);
            default:
                return new TableEntry(TableEntryKind.Value, TableEntry.StringType, expiry, value.AsSpan(0, bytes));
        }
    }

    private void Craft(Random random, InputBuffer input)
    {
        Span<byte> file = input.Span[HeadBytes..];
        FindBlocks(file);
        if (_blocks.Count == 0 || random.Next(8) == 0)
        {
            CraftFooter(random, file);
            return;
        }

        int at = _blocks[random.Next(_blocks.Count)];
        int bytes = BlockBytes(file, at);
        Span<byte> block = file.Slice(at, bytes);
        switch (random.Next(8))
        {
            case 0:
                block[8 + random.Next(2)] = (byte)random.Next(5);
                break;
            case 1:
                BinaryPrimitives.WriteInt32LittleEndian(block[BlockStoredBytesAt..], random.Next(3) == 0 ? (int)Mutator.Edge(random) : bytes - BlockHeaderBytes + random.Next(-2, 3));
                break;
            case 2:
                // Seldom a large one: it costs a buffer of up to 64 MiB, which is the bound.
                int raw = random.Next(40) == 0 ? (int)Mutator.Edge(random) : random.Next(2 * bytes);
                BinaryPrimitives.WriteInt32LittleEndian(block[BlockRawBytesAt..], raw);
                break;
            case 3:
                BinaryPrimitives.WriteInt64LittleEndian(block[BlockPlaceAt..], random.Next(2) == 0 ? Mutator.Edge(random) : at + random.Next(-1, 2));
                break;
            default:
                CraftPayload(random, block[BlockHeaderBytes..]);
                break;
        }
    }

    private static void CraftPayload(Random random, Span<byte> payload)
    {
        for (int left = random.Next(1, 4); left > 0 && payload.Length > 0; left--)
        {
            int at = random.Next(payload.Length);
            switch (random.Next(5))
            {
                case 0:
                    payload[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    payload[at] = (byte)random.Next(4);
                    break;
                case 2:
                    payload[at]++;
                    break;
                case 3 when payload.Length >= sizeof(int):
                    at = random.Next(payload.Length - sizeof(int) + 1);
                    at = random.Next(2) == 0 ? payload.Length - sizeof(int) : at;
                    BinaryPrimitives.WriteInt32LittleEndian(payload[at..], random.Next(2) == 0 ? (int)Mutator.Edge(random) : random.Next(payload.Length));
                    break;
                default:
                    payload[at] = (byte)random.Next(256);
                    break;
            }
        }
    }

    private static void CraftFooter(Random random, Span<byte> file)
    {
        if (file.Length >= FooterBytes)
        {
            Span<byte> field = file[^FooterBytes..][(16 + (8 * random.Next(4)))..];
            long value = BinaryPrimitives.ReadInt64LittleEndian(field);
            BinaryPrimitives.WriteInt64LittleEndian(field, random.Next(3) == 0 ? Mutator.Edge(random) : value + random.Next(-30, 31));
        }
    }

    private void FindBlocks(ReadOnlySpan<byte> file)
    {
        _blocks.Clear();
        int at = 0;
        while (at + BlockHeaderBytes <= file.Length)
        {
            if (!file[at..].StartsWith("RKTB"u8))
            {
                int next = file[(at + 1)..].IndexOf("RKTB"u8);
                at = next < 0 ? file.Length : at + 1 + next;
            }
            else if (BlockBytes(file, at) is var bytes && bytes >= BlockHeaderBytes && bytes <= file.Length - at)
            {
                _blocks.Add(at);
                at += bytes;
            }
            else
            {
                at++;
            }
        }
    }

    private void SealAll(Span<byte> file)
    {
        FindBlocks(file);
        foreach (int at in _blocks)
        {
            Span<byte> block = file.Slice(at, BlockBytes(file, at));
            BinaryPrimitives.WriteUInt32LittleEndian(block[BlockCrcAt..], WalLayout.Crc32C(block[BlockCrcFrom..]));
        }

        if (file.Length >= FooterBytes)
        {
            Span<byte> footer = file[^FooterBytes..];
            BinaryPrimitives.WriteUInt32LittleEndian(footer[FooterCrcAt..], WalLayout.Crc32C(footer[FooterCrcFrom..]));
        }
    }
}
