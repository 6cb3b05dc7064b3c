using System.Buffers.Binary;
using RespKv.Storage.Mutations;

namespace RespKv.Storage.Tables;

/// <summary>
/// Walks the entries of one data block, whose checksum is right already; every length is checked all the same, because a
/// checksum says nothing about what the writer meant. Allocates only when a key is longer than all before. One thread.
/// </summary>
internal sealed class BlockCursor
{
    /// <summary>Numbers below this are one byte.</summary>
    private const byte OneByte = 0x80;

    private string _path = "";
    private long _offset;
    private byte[] _data = [];
    private int _start;
    private int _entriesEnd;
    private int _restartCount;

    // The current entry: begins at _at, its bytes are at _bytesAt, the next one begins at _next.
    private int _at;
    private int _next;
    private int _bytesAt;
    private int _bytesLength;
    private TableEntryKind _kind;
    private byte _type;
    private long _expireAtMillis;
    private byte[] _key = [];
    private int _keyLength;

    // The entries before the current one up to the restart point, for going backwards: decoded once per interval.
    private Step[] _back = [];
    private int _backCount;
    private byte[] _backKeys = [];

    internal bool Valid { get; private set; }

    internal ReadOnlySpan<byte> Key => new(_key, 0, _keyLength);

    internal TableEntryKind Kind => _kind;

    internal TableEntry Entry => new(_kind, _type, _expireAtMillis, new ReadOnlySpan<byte>(_data, _bytesAt, _bytesLength));

    /// <summary>Takes a payload; the array must stay as it is. Not valid before a seek.</summary>
    internal void Open(string path, long offset, byte[] data, int start, int length)
    {
        Close();
        _path = path;
        _offset = offset;
        _data = data;
        _start = start;
        if (length < 2 * TableFormat.RestartBytes)
        {
            throw Corrupt($"a data block of {length} bytes");
        }

        int count = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(start + length - TableFormat.RestartBytes));
        if (count < 1 || count > (length / TableFormat.RestartBytes) - 1)
        {
            throw Corrupt($"{count} restart points in a data block of {length} bytes");
        }

        _restartCount = count;
        _entriesEnd = start + length - ((count + 1) * TableFormat.RestartBytes);
        if (_entriesEnd == _start)
        {
            throw Corrupt("a data block without entries");
        }
    }

    /// <summary>Past an end; the block stays open.</summary>
    internal void Invalidate() => Valid = false;

    /// <summary>Lets go of the block, and of buffers that a huge key needed.</summary>
    internal void Close()
    {
        Valid = false;
        _backCount = 0;
        _data = [];
        Grow.Trim(ref _key, 0);
        Grow.Trim(ref _backKeys, 0);
    }

    internal void SeekFirst()
    {
        _backCount = 0;
        _keyLength = 0;
        _next = _start;
        Next();
    }

    internal void SeekLast()
    {
        GoTo(_restartCount - 1);
        while (_next < _entriesEnd)
        {
            Decode(_next);
        }

        Valid = true;
    }

    /// <summary>The first entry whose key is not less.</summary>
    internal bool Seek(ReadOnlySpan<byte> key)
    {
        int low = 0;
        int high = _restartCount - 1;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high + 1) >> 1);
            if (RestartKey(middle).SequenceCompareTo(key) < 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        GoTo(low);
        Valid = true;
        while (Key.SequenceCompareTo(key) < 0)
        {
            if (!Next())
            {
                return false;
            }
        }

        return true;
    }

    internal bool Next()
    {
        if (_next >= _entriesEnd)
        {
            Valid = false;
            return false;
        }

        _backCount = 0;
        Decode(_next);
        Valid = true;
        return true;
    }

    internal bool Previous()
    {
        if (_backCount == 0 && !FillBack())
        {
            Valid = false;
            return false;
        }

        ref Step step = ref _back[--_backCount];
        (_at, _next, _bytesAt, _bytesLength) = (step.At, step.Next, step.BytesAt, step.BytesLength);
        (_kind, _type, _expireAtMillis) = (step.Kind, step.Type, step.ExpireAtMillis);
        SetKey(_backKeys.AsSpan(step.KeyAt, step.KeyLength), 0);
        return true;
    }

    private int RestartOffset(int restart)
    {
        int offset = BinaryPrimitives.ReadInt32LittleEndian(_data.AsSpan(_entriesEnd + (restart * TableFormat.RestartBytes)));
        return offset >= 0 && offset < _entriesEnd - _start
            ? _start + offset
            : throw Corrupt($"restart point {restart} at {offset} of {_entriesEnd - _start} bytes");
    }

    /// <summary>The key there, which stands in full.</summary>
    private ReadOnlySpan<byte> RestartKey(int restart)
    {
        int at = RestartOffset(restart);
        int shared = ReadNumber(ref at);
        int unshared = ReadNumber(ref at);
        if (shared != 0 || unshared >= _entriesEnd - at)
        {
            throw Corrupt($"restart point {restart} is not at an entry with a whole key");
        }

        return _data.AsSpan(at + 1, unshared);
    }

    private void GoTo(int restart)
    {
        _backCount = 0;
        _keyLength = 0;
        Decode(RestartOffset(restart));
    }

    /// <summary>Decodes what stands between the last restart point before the current entry and that entry.</summary>
    private bool FillBack()
    {
        int current = _at;
        if (current == _start)
        {
            return false;
        }

        int low = 0;
        int high = _restartCount - 1;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high + 1) >> 1);
            (low, high) = RestartOffset(middle) < current ? (middle, high) : (low, middle - 1);
        }

        int keysLength = 0;
        GoTo(low);
        while (true)
        {
            AddBack(ref keysLength);
            if (_next >= current)
            {
                break;
            }

            Decode(_next);
        }

        return _next == current ? true : throw Corrupt("the restart points are not at entries");
    }

    private void AddBack(ref int keysLength)
    {
        if (_backCount == _back.Length)
        {
            Array.Resize(ref _back, Math.Max(16, 2 * _backCount));
        }

        Grow.ToHold(ref _backKeys, keysLength, _keyLength);
        Key.CopyTo(_backKeys.AsSpan(keysLength));
        _back[_backCount++] = new Step(_at, _next, _bytesAt, _bytesLength, keysLength, _keyLength, _kind, _type, _expireAtMillis);
        keysLength += _keyLength;
    }

    /// <summary>Makes the entry at a place the current one; the key is still that of the entry before it.</summary>
    private void Decode(int start)
    {
        int at = start;
        int shared = ReadNumber(ref at);
        int unshared = ReadNumber(ref at);
        if (shared > _keyLength || unshared >= _entriesEnd - at)
        {
            throw Corrupt($"the entry at {start - _start} has a key of {shared} + {unshared} bytes");
        }

        var kind = (TableEntryKind)_data[at++];
        SetKey(new ReadOnlySpan<byte>(_data, at, unshared), shared);
        at += unshared;
        _type = 0;
        _expireAtMillis = MutationWriter.NoExpiry;
        _bytesLength = 0;
        switch (kind)
        {
            case TableEntryKind.Value:
                DecodeValueHead(start, ref at);
                _bytesLength = ReadNumber(ref at);
                break;
            case TableEntryKind.Patch:
                _bytesLength = ReadNumber(ref at);
                break;
            case TableEntryKind.Tombstone:
                break;
            default:
                throw Corrupt($"the entry at {start - _start} is of kind {(int)kind}");
        }

        if (_bytesLength > _entriesEnd - at)
        {
            throw Corrupt($"the entry at {start - _start} has {_bytesLength} bytes, {_entriesEnd - at} are left");
        }

        _kind = kind;
        _bytesAt = at;
        _at = start;
        _next = at + _bytesLength;
    }

    private void DecodeValueHead(int start, ref int at)
    {
        if (at >= _entriesEnd)
        {
            throw Corrupt($"the entry at {start - _start} ends early");
        }

        _type = _data[at++];
        int bytes = Varint.Read(new ReadOnlySpan<byte>(_data, at, _entriesEnd - at), out ulong expiry);
        if (bytes == 0 || expiry > 1UL << 63 || _type == 0)
        {
            throw Corrupt($"the entry at {start - _start} has type {_type} and a malformed expiry");
        }

        _expireAtMillis = (long)expiry - 1;
        at += bytes;
    }

    private int ReadNumber(ref int at)
    {
        if (at < _entriesEnd && _data[at] < OneByte)
        {
            return _data[at++];
        }

        int bytes = Varint.Read(_data.AsSpan(at, _entriesEnd - at), out ulong value);
        if (bytes == 0 || value > int.MaxValue)
        {
            throw Corrupt($"malformed number at {at - _start}");
        }

        at += bytes;
        return (int)value;
    }

    private void SetKey(ReadOnlySpan<byte> rest, int shared)
    {
        if (shared + (long)rest.Length > _key.Length)
        {
            Grow.ToHold(ref _key, shared, rest.Length);
        }

        rest.CopyTo(_key.AsSpan(shared));
        _keyLength = shared + rest.Length;
    }

    private TableCorruptionException Corrupt(string problem)
    {
        Valid = false;
        return new TableCorruptionException(_path, _offset, problem);
    }

    private readonly record struct Step(
        int At, int Next, int BytesAt, int BytesLength, int KeyAt, int KeyLength, TableEntryKind Kind, byte Type, long ExpireAtMillis);
}
