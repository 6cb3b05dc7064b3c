namespace RespKv.Engine.Rdb;

/// <summary>
/// Numbers of Redis's serialization of values, RDB version 10, as far as DUMP and RESTORE need it; see docs/format/rdb-payload.md. They are Redis's,
/// never ours to change.
/// </summary>
internal static class RdbFormat
{
    /// <summary>What we write, and the newest that we read: that of Redis 7.0.</summary>
    public const int Version = 10;

    /// <summary>Version and checksum, little-endian.</summary>
    public const int FooterBytes = sizeof(ushort) + sizeof(ulong);

    // Types of values.
    public const byte TypeString = 0;
    public const byte TypeList = 1;
    public const byte TypeSet = 2;
    public const byte TypeSortedSetText = 3;
    public const byte TypeHash = 4;
    public const byte TypeSortedSet = 5;
    public const byte TypeHashZipmap = 9;
    public const byte TypeListZiplist = 10;
    public const byte TypeSetIntset = 11;
    public const byte TypeSortedSetZiplist = 12;
    public const byte TypeHashZiplist = 13;
    public const byte TypeListQuicklist = 14;
    public const byte TypeHashListpack = 16;
    public const byte TypeSortedSetListpack = 17;
    public const byte TypeListQuicklist2 = 18;

    // The two high bits of a length's first byte.
    public const int Length6 = 0;
    public const int Length14 = 1;
    public const int LengthEncoded = 3;

    // All of its first byte, where the two bits are 2.
    public const byte Length32 = 0x80;
    public const byte Length64 = 0x81;

    // What an encoded string is.
    public const int EncodedInt8 = 0;
    public const int EncodedInt16 = 1;
    public const int EncodedInt32 = 2;
    public const int EncodedLzf = 3;

    // What a node of a list holds.
    public const int NodePlain = 1;
    public const int NodePacked = 2;

    // Scores of the old type of sorted set, in place of the length of their text.
    public const byte ScoreNaN = 253;
    public const byte ScoreInfinity = 254;
    public const byte ScoreNegativeInfinity = 255;
}
