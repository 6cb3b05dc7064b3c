using RespKv.Storage.Files;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Inspection;

/// <summary>What a whole batch is to the log.</summary>
public enum WalStanding
{
    /// <summary>It goes on where the one before it ended, or begins anew behind a hole.</summary>
    Chain,

    /// <summary>Content of the file's earlier life, or of another log: nothing to anybody.</summary>
    Old,
}

/// <summary>Records that should be there and are not.</summary>
/// <param name="File">Where they were expected.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="FirstLsn">The first one that is missing.</param>
/// <param name="LastLsn">The last one, by what stands behind the hole.</param>
/// <param name="Problem">What was found in their place.</param>
public sealed record WalHole(string File, long Offset, long FirstLsn, long LastLsn, string Problem);

/// <summary>Told about a log in its order. The walk stands at the piece that is told of.</summary>
public interface IWalVisitor
{
    void Segment(WalFileFacts facts);

    void Batch(WalFileWalk walk, WalStanding standing);

    /// <summary>Something that is no batch, behind the chain in this file, or in it. An older life of the file leaves such stretches too.</summary>
    void Damage(WalFileWalk walk);

    /// <summary>Comes before the first thing that stands behind the hole.</summary>
    void Hole(WalHole hole);
}

/// <summary>Where the chain of a log ends.</summary>
/// <param name="File">The last segment that it reaches; empty when there is no segment.</param>
/// <param name="Offset">Where it ends in it.</param>
/// <param name="NextLsn">LSN of the record that would follow.</param>
/// <param name="LogId">0 when there is no segment with a header.</param>
/// <param name="Segments">Segment files, those that are needed no more included.</param>
public sealed record WalChainSummary(string File, long Offset, long NextLsn, ulong LogId, int Segments);

/// <summary>
/// Reads the whole log of a directory and goes on behind holes: what recovery refuses at the first contradiction is told here
/// one after the other. Changes nothing.
/// </summary>
public sealed class WalChain
{
    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly IWalVisitor _visitor;
    private readonly CancellationToken _cancel;
    private ulong _logId;
    private long _nextLsn;
    private string _endFile = "";
    private long _endOffset;
    private string _endProblem = "";

    private WalChain(IFileSystem files, string directory, WalStart start, IWalVisitor visitor, CancellationToken cancel)
    {
        _files = files;
        _directory = directory;
        _logId = start.LogId;
        _visitor = visitor;
        _cancel = cancel;
    }

    /// <param name="files">The disk.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="start">What the manifest says; from the LSN behind its checkpoint on, records are needed.</param>
    /// <param name="visitor">Is told.</param>
    /// <param name="cancel">Ends the walk early.</param>
    public static WalChainSummary Walk(
        IFileSystem files, string directory, WalStart start, IWalVisitor visitor, CancellationToken cancel)
    {
        return new WalChain(files, directory, start, visitor, cancel).Run(start);
    }

    /// <summary>Names of the segments in their order.</summary>
    public static IReadOnlyList<string> Segments(IFileSystem files, string directory)
        => [.. files.ListFiles(directory).Where(name => WalNames.TryParseSegment(name, out _))];

    private WalChainSummary Run(WalStart start)
    {
        IReadOnlyList<string> names = Segments(_files, _directory);
        _nextLsn = start.CheckpointLsn + 1;
        bool isFirst = true;
        foreach (string name in names)
        {
            _ = WalNames.TryParseSegment(name, out long nameLsn);
            if (isFirst && nameLsn < _nextLsn)
            {
                _nextLsn = nameLsn;
            }

            isFirst = false;
            using var walk = new WalFileWalk(_files, Path.Combine(_directory, name));
            Enter(walk);
            while (walk.Next())
            {
                _cancel.ThrowIfCancellationRequested();
                Visit(walk);
            }
        }

        return new WalChainSummary(_endFile, _endOffset, _nextLsn, _logId, names.Count);
    }

    private void Enter(WalFileWalk walk)
    {
        WalFileFacts facts = walk.Facts;
        if (_logId == 0 && facts.HeaderProblem is null)
        {
            _logId = facts.LogId;
        }

        if (facts.NameLsn > _nextLsn)
        {
            if (_endFile.Length == 0)
            {
                (_endFile, _endProblem) = (facts.Path, "the segment that holds them is missing");
            }

            _visitor.Hole(new WalHole(_endFile, _endOffset, _nextLsn, facts.NameLsn - 1, Found("the end of the segment")));
            _nextLsn = facts.NameLsn;
        }

        _visitor.Segment(facts);
        (_endFile, _endOffset, _endProblem) = (facts.Path, WalFormat.SegmentHeaderBytes, "");
    }

    private void Visit(WalFileWalk walk)
    {
        switch (walk.Kind)
        {
            case WalPieceKind.Batch:
                VisitBatch(walk);
                break;
            case WalPieceKind.Damage:
                _endProblem = _endProblem.Length == 0 ? walk.Problem : _endProblem;
                _visitor.Damage(walk);
                break;
            default:
                _endProblem = _endProblem.Length == 0 ? "zeros" : _endProblem;
                break;
        }
    }

    private void VisitBatch(WalFileWalk walk)
    {
        if (_logId == 0)
        {
            _logId = walk.LogId;
        }

        if (walk.LogId != _logId || walk.FirstLsn < _nextLsn)
        {
            _endProblem = _endProblem.Length == 0 ? "an older batch" : _endProblem;
            _visitor.Batch(walk, WalStanding.Old);
            return;
        }

        if (walk.FirstLsn > _nextLsn)
        {
            _visitor.Hole(new WalHole(_endFile, _endOffset, _nextLsn, walk.FirstLsn - 1, Found("a later batch")));
        }

        _visitor.Batch(walk, WalStanding.Chain);
        _nextLsn = walk.FirstLsn + walk.Count;
        _endOffset = walk.Offset + walk.Bytes;
        _endProblem = "";
    }

    private string Found(string otherwise) => _endProblem.Length == 0 ? otherwise : _endProblem;
}
