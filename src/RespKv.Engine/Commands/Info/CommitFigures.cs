using RespKv.Engine.Commit;

namespace RespKv.Engine.Commands.Info;

/// <summary>Figures of the commit pipeline that are computed for INFO only.</summary>
internal static class CommitFigures
{
    /// <summary>Bytes of records that wait for the writer; the room for a header does not count. The caller holds the turn.</summary>
    public static int FillBytes(this CommitPipeline commit) => commit.Fill.RecordCount == 0 ? 0 : commit.Fill.ByteCount;
}
