using System.Buffers.Binary;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Manifest;

/// <summary>Decodes a payload. Every length is checked before it is used; nothing may be left over, double or out of order.</summary>
internal ref struct ManifestPayloadReader
{
    private ReadOnlySpan<byte> _rest;
    private string? _problem;

    private ulong? _logId;
    private long? _checkpointLsn;
    private long? _nextFileNumber;
    private uint? _nextSpace;
    private Dictionary<int, uint>? _spaces;

    private ManifestPayloadReader(ReadOnlySpan<byte> payload)
    {
        _rest = payload;
    }

    /// <summary>False: the payload is not one, and the problem says why.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> payload, out ManifestEdit edit, out string problem)
    {
        var reader = new ManifestPayloadReader(payload);
        edit = reader.Read();
        problem = reader._problem ?? "";
        return reader._problem is null;
    }

    private ManifestEdit Read()
    {
        var added = new List<TableInfo>();
        var deleted = new List<long>();
        byte last = 0;
        while (!_rest.IsEmpty && _problem is null)
        {
            byte tag = _rest[0];
            bool mayRepeat = tag is (byte)ManifestTag.Added or (byte)ManifestTag.Deleted;
            if (tag < last || (tag == last && !mayRepeat))
            {
                _problem = $"field {tag} behind field {last}";
                break;
            }

            last = tag;
            _rest = _rest[1..];
            ReadField((ManifestTag)tag, added, deleted);
        }

        return new ManifestEdit
        {
            LogId = _logId,
            CheckpointLsn = _checkpointLsn,
            NextFileNumber = _nextFileNumber,
            NextSpace = _nextSpace,
            Spaces = _spaces,
            Added = added,
            Deleted = deleted,
        };
    }

    private void ReadField(ManifestTag tag, List<TableInfo> added, List<long> deleted)
    {
        switch (tag)
        {
            case ManifestTag.LogId:
                _logId = ReadFixed();
                break;
            case ManifestTag.CheckpointLsn:
                _checkpointLsn = ReadNumber(long.MaxValue);
                break;
            case ManifestTag.NextFileNumber:
                _nextFileNumber = ReadNumber(long.MaxValue);
                break;
            case ManifestTag.NextSpace:
                _nextSpace = (uint)ReadNumber(uint.MaxValue);
                break;
            case ManifestTag.Spaces:
                ReadSpaces();
                break;
            case ManifestTag.Deleted:
                deleted.Add(ReadNumber(long.MaxValue));
                break;
            case ManifestTag.Added:
                added.Add(ReadTable());
                break;
            default:
                _problem = $"unknown field {(byte)tag}";
                break;
        }
    }

    private void ReadSpaces()
    {
        _spaces = [];
        long count = ReadNumber(int.MaxValue);
        for (long index = 0; index < count && _problem is null; index++)
        {
            int database = (int)ReadNumber(int.MaxValue);
            uint space = (uint)ReadNumber(uint.MaxValue);
            if (_problem is null && !_spaces.TryAdd(database, space))
            {
                _problem = $"database {database} has two spaces";
            }
        }
    }

    private TableInfo ReadTable()
    {
        return new TableInfo(
            ReadNumber(long.MaxValue),
            (int)ReadNumber(int.MaxValue),
            ReadNumber(long.MaxValue),
            ReadNumber(long.MaxValue),
            ReadNumber(long.MaxValue),
            ReadNumber(long.MaxValue),
            ReadNumber(long.MaxValue),
            ReadBytes(),
            ReadBytes());
    }

    private ulong ReadFixed()
    {
        if (_rest.Length < sizeof(ulong))
        {
            Fail();
            return 0;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        _rest = _rest[sizeof(ulong)..];
        return value;
    }

    private long ReadNumber(long max)
    {
        int count = Varint.Read(_rest, out ulong value);
        if (count == 0 || value > (ulong)max)
        {
            Fail();
            return 0;
        }

        _rest = _rest[count..];
        return (long)value;
    }

    private byte[] ReadBytes()
    {
        long count = ReadNumber(int.MaxValue);
        if (count > _rest.Length)
        {
            Fail();
            return [];
        }

        byte[] bytes = _rest[..(int)count].ToArray();
        _rest = _rest[(int)count..];
        return bytes;
    }

    private void Fail()
    {
        _problem ??= "a field ends early or has an impossible value";
        _rest = [];
    }
}
