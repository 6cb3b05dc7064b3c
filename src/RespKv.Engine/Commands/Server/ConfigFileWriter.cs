using System.Security.Cryptography;
using System.Text;
using RespKv.Engine.Configuration;
using RespKv.Storage.Files;

namespace RespKv.Engine.Commands.Server;

/// <summary>
/// Replaces the configuration file: after a crash at any point there is the old file or the new one, whole (D4). Blocks on the disk:
/// never called inside a turn.
/// </summary>
internal static class ConfigFileWriter
{
    /// <exception cref="IOException">Nothing was replaced, unless it was the last step that failed: the sync of the directory.</exception>
    public static void Rewrite(IFileSystem files, ServerConfig config, string path)
    {
        string? existing = files.FileExists(path) ? ConfigFile.ReadText(files, path) : null;
        Replace(files, path, Encoding.UTF8.GetBytes(config.RewriteText(existing)));
    }

    /// <summary>Puts a new file in the place of an old one, which need not exist.</summary>
    /// <inheritdoc cref="Rewrite"/>
    public static void Replace(IFileSystem files, string path, byte[] text)
    {
        string temporary = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.tmp";
        try
        {
            using (IFile file = files.Open(temporary, FileOpenKind.CreateNew))
            {
                file.Write(text, 0);
                file.SyncData();
            }

            files.Rename(temporary, path);
        }
        catch (StorageException)
        {
            TryDelete(files, temporary);
            throw;
        }

        files.SyncDirectory(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".");
    }

    private static void TryDelete(IFileSystem files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (StorageException)
        {
            // It may never have come into being. The error that counts is the first one.
        }
    }
}
