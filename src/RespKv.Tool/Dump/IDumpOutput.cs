using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;
using RespKv.Storage.Mutations;
using RespKv.Storage.Tables;

namespace RespKv.Tool.Dump;

/// <summary>Prints what a dump comes across, in order: for humans or as JSON, one object a line.</summary>
internal interface IDumpOutput
{
    void Segment(WalFileFacts facts);

    void Batch(WalFileWalk walk, WalStanding standing);

    void Record(long lsn, int recordBytes);

    void Mutation(long lsn, in MutationReader mutation);

    /// <summary>The record's bytes are not mutations.</summary>
    void BadRecord(long lsn, string problem);

    void Damage(WalFileWalk walk);

    void Hole(WalHole hole);

    /// <summary>Null when the manifest does not name it.</summary>
    void Table(string path, TableInfo? info);

    void Block(TableWalk walk);

    void Entry(ReadOnlySpan<byte> tableKey, in TableEntry entry);
}
