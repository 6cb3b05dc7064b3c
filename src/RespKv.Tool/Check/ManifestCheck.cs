using RespKv.Storage.Files;
using RespKv.Storage.Inspection;
using RespKv.Storage.Manifest;

namespace RespKv.Tool.Check;

/// <summary>Reads on where start-up stops at the manifest: names all that is damaged, and finds a state to check the rest against.</summary>
internal sealed class ManifestCheck(IFileSystem files, string directory, FindingList findings)
{
    /// <summary>The state of the newest manifest of which anything can be read; the empty one when none can.</summary>
    internal ManifestState ReadOn(StartupRefusal? refusal)
    {
        ManifestState? best = null;
        foreach (ManifestScan scan in ManifestScan.All(files, directory))
        {
            best ??= scan.State;
            foreach (ManifestPiece piece in scan.Pieces.Where(piece => piece.Problem.Length > 0))
            {
                findings.Add(Severity.Corruption, scan.Path, piece.Offset, null, piece.Problem);
            }
        }

        if (best is null && refusal is not null)
        {
            findings.Add(Severity.Note, "", null, null, "no manifest can be read: tables and log were checked without one");
        }

        return best ?? ManifestState.Empty;
    }
}
