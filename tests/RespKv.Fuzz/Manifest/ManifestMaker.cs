using System.Buffers.Binary;
using RespKv.Fuzz.Disk;
using RespKv.Fuzz.Running;
using RespKv.Fuzz.Wal;
using RespKv.Storage.Manifest;

namespace RespKv.Fuzz.Manifest;

/// <summary>
/// Makes directories with a manifest, written by the store itself, then damages or crafts them. The head of an input tells the states that
/// the manifest had after each edit.
/// </summary>
internal sealed class ManifestMaker
{
    private const int StatesMax = 8;
    public const int HeadBytes = 1 + (StatesMax * sizeof(uint));

    private const int SectorBytes = 512;
    private const int FileCrcAt = 8;
    private const int FileCrcFrom = 12;
    private const int FileBytesAt = 32;
    private const int RecordCrcAt = 4;
    private const int RecordCrcFrom = 8;
    private const int RecordHeaderBytes = 32;
    private const int RecordPayloadBytesAt = 12;

    private readonly MemoryFiles _files = new();
    private readonly List<FileImage> _found = [];
    private readonly List<int> _records = [];
    private readonly Mutator _mutator = new("RKMR", "RESPKVMF", "CURRENT", "MANIFEST-0000000001", "MANIFEST-0000000002", "\0\0\0\0", "\u0001\0\0\0", "\n", " ");

    public static bool IsCrafted(ReadOnlySpan<byte> input) => input.Length > 0 && input[0] != 0;

    /// <summary>The state is one that the manifest had.</summary>
    public static bool Had(ReadOnlySpan<byte> input, ManifestState state)
    {
        uint digest = Digest(state);
        for (int i = 0; i < StatesMax && 1 + (i * sizeof(uint)) + sizeof(uint) <= input.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(input[(1 + (i * sizeof(uint)))..]) == digest)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All that a state holds, for comparisons.</summary>
    public static string Text(ManifestState state)
        => $"{state.LogId} {state.CheckpointLsn} {state.NextFileNumber} {state.NextSpace} {string.Join(",", state.Spaces.OrderBy(pair => pair.Key))} "
            + string.Join(";", state.Tables.Select(table =>
                $"{table} {Convert.ToHexString(table.SmallestKey)} {Convert.ToHexString(table.LargestKey)}"));

    public void Make(Random random, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, InputBuffer input)
    {
        if (parent.Length <= HeadBytes)
        {
            Anew(random, input);
        }
        else
        {
            input.Add(parent);
        }

        for (int left = random.Next(4); left > 0; left--)
        {
            FileImages.Find(input.Span, HeadBytes, _found);
            _found.RemoveAll(file => file.Bytes == 0);
            if (_found.Count == 0)
            {
                return;
            }

            FileImage file = _found[random.Next(3) == 0 ? 0 : ^1];
            if (random.Next(2) == 0)
            {
                Damage(random, file, input);
            }
            else
            {
                input.Span[0] = 1;
                Craft(random, input.Span.Slice(file.ContentAt, file.Bytes));
            }
        }

        if (random.Next(30) == 0)
        {
            input.Span[0] = 1;
            _mutator.Change(random, HeadBytes, other, input);
        }
    }

    private static uint Digest(ManifestState state) => WalLayout.Crc32C(System.Text.Encoding.UTF8.GetBytes(Text(state)));

    private void Anew(Random random, InputBuffer input)
    {
        _files.Clear();
        Span<byte> head = stackalloc byte[HeadBytes];
        head.Clear();
        using (ManifestStore store = ManifestStore.Open(_files, MemoryFiles.Directory))
        {
            int edits = random.Next(StatesMax);
            for (int i = 0; i < StatesMax; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(head[(1 + (i * sizeof(uint)))..], Digest(store.State));
                if (i < edits)
                {
                    store.Apply(Edit(random, store.State));
                }
            }
        }

        input.Add(head);
        foreach (string name in _files.Names)
        {
            FileImages.Add(input, name, ManifestNames.TryParseManifest(name, out _) ? Shortened(random, _files[name].ToArray()) : _files[name]);
        }
    }

    private static ManifestEdit Edit(Random random, ManifestState state)
    {
        long first = state.CheckpointLsn + 1;
        long last = first + random.Next(5);
        byte[] small = [0, 0, 0, 1, (byte)'a'];
        byte[] large = [0, 0, 0, 1, (byte)'b', (byte)random.Next(256)];
        var table = new TableInfo(state.NextFileNumber, 0, state.NextFileNumber, first, last, 100, 2, small, large);
        return new ManifestEdit
        {
            LogId = state.LogId == 0 ? 77UL : null,
            CheckpointLsn = last,
            Spaces = random.Next(3) == 0 && state.NextSpace < 5 ? new Dictionary<int, uint> { [random.Next(3)] = state.NextSpace } : null,
            Added = random.Next(4) == 0 ? [] : [table],
            Deleted = random.Next(4) == 0 && state.Tables.Count > 0 ? [state.Tables[0].Number] : [],
        };
    }

    // A manifest with less room behind its records than the store makes: a size that a later version might choose, and a small input.
    private static byte[] Shortened(Random random, byte[] file)
    {
        int used = (file.AsSpan().LastIndexOfAnyExcept((byte)0) + SectorBytes) / SectorBytes * SectorBytes;
        byte[] shorter = file[..Math.Min(file.Length, used + (SectorBytes * random.Next(1, 5)))];
        BinaryPrimitives.WriteInt64LittleEndian(shorter.AsSpan(FileBytesAt), shorter.Length);
        SealFile(shorter);
        return shorter;
    }

    private static void SealFile(Span<byte> file)
        => BinaryPrimitives.WriteUInt32LittleEndian(file[FileCrcAt..], WalLayout.Crc32C(file[FileCrcFrom..SectorBytes]));

    private static void Damage(Random random, FileImage file, InputBuffer input)
    {
        Span<byte> content = input.Span.Slice(file.ContentAt, file.Bytes);
        int sectorAt = random.Next((content.Length + SectorBytes - 1) / SectorBytes) * SectorBytes;
        Span<byte> sector = content[sectorAt..Math.Min(content.Length, sectorAt + SectorBytes)];
        switch (random.Next(7))
        {
            case 0 or 1:
                content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                random.NextBytes(sector);
                break;
            case 3:
                sector.Clear();
                break;
            case 4:
                content[sectorAt..].Clear();
                break;
            case 5:
                int kept = random.Next(content.Length);
                FileImages.SetLength(input.Span, file, kept);
                input.Remove(file.ContentAt + kept, file.Bytes - kept);
                break;
            default:
                int targetAt = random.Next((content.Length + SectorBytes - 1) / SectorBytes) * SectorBytes;
                Span<byte> target = content[targetAt..Math.Min(content.Length, targetAt + SectorBytes)];
                sector[..Math.Min(sector.Length, target.Length)].CopyTo(target);
                break;
        }
    }

    private void Craft(Random random, Span<byte> file)
    {
        if (file.Length < SectorBytes)
        {
            file[random.Next(file.Length)] = (byte)random.Next(256);
            return;
        }

        _records.Clear();
        for (int at = SectorBytes; at + RecordHeaderBytes <= file.Length; at += SectorBytes)
        {
            if (file[at..].StartsWith("RKMR"u8))
            {
                _records.Add(at);
            }
        }

        if (_records.Count == 0 || random.Next(5) == 0)
        {
            Span<byte> field = file[(12 + (4 * random.Next(8)))..];
            BinaryPrimitives.WriteInt32LittleEndian(field, random.Next(2) == 0 ? (int)Mutator.Edge(random) : BinaryPrimitives.ReadInt32LittleEndian(field) + random.Next(-1, 2));
            SealFile(file);
            return;
        }

        CraftRecord(random, file[_records[random.Next(_records.Count)]..]);
    }

    private static void CraftRecord(Random random, Span<byte> record)
    {
        int payloadBytes = BinaryPrimitives.ReadInt32LittleEndian(record[RecordPayloadBytesAt..]);
        int payloadMax = Math.Clamp(payloadBytes, 0, record.Length - RecordHeaderBytes);
        if (random.Next(3) == 0 || payloadMax == 0)
        {
            Span<byte> field = record[(8 + (4 * random.Next(6)))..];
            BinaryPrimitives.WriteInt32LittleEndian(field, random.Next(2) == 0 ? (int)Mutator.Edge(random) : BinaryPrimitives.ReadInt32LittleEndian(field) + random.Next(-1, 2));
        }
        else
        {
            Span<byte> payload = record.Slice(RecordHeaderBytes, payloadMax);
            for (int left = random.Next(1, 4); left > 0; left--)
            {
                int at = random.Next(payload.Length);
                payload[at] = random.Next(3) switch { 0 => (byte)random.Next(9), 1 => (byte)(payload[at] + random.Next(-1, 2)), _ => (byte)random.Next(256) };
            }
        }

        long bytes = (RecordHeaderBytes + (long)BinaryPrimitives.ReadInt32LittleEndian(record[RecordPayloadBytesAt..]) + SectorBytes - 1) / SectorBytes * SectorBytes;
        if (bytes >= SectorBytes && bytes <= record.Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record[RecordCrcAt..], WalLayout.Crc32C(record[RecordCrcFrom..(int)bytes]));
        }
    }
}
