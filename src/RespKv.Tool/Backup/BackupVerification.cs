using RespKv.Storage.Files;
using RespKv.Tool.Check;
using RespKv.Tool.Output;

namespace RespKv.Tool.Backup;

/// <summary>The end of every backup: what was written is read again, and gets its name only when a server would start from it.</summary>
internal static class BackupVerification
{
    /// <returns>What check says of the copy.</returns>
    /// <exception cref="ToolException">The copy would not start.</exception>
    internal static CheckReport Complete(
        IFileSystem files, TargetDirectory target, string targetPath, IProgressBar progress, CancellationToken cancel)
    {
        files.SyncDirectory(target.Partial);
        CheckReport report = DirectoryCheck.Run(files, target.Partial, progress, cancel);
        if (report.ExitCode == ExitCodes.Corruption)
        {
            Finding worst = report.Findings[0];
            throw new ToolException(
                $"the copy {target.Partial} is corrupt, or what it was made from: {worst.Place}{worst.Text}", ExitCodes.Corruption);
        }

        target.Complete();
        return report with { Directory = targetPath };
    }
}
