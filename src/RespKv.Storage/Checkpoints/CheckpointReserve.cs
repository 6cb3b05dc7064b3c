using RespKv.Storage.Files;
using RespKv.Storage.Wal;

namespace RespKv.Storage.Checkpoints;

/// <summary>
/// Room on the disk for one checkpoint step, held by a file of zeros (D11): on a disk that is full the log can only become shorter if
/// the table that covers it can be written. Given up when a step meets a full disk, claimed again when there is room. The
/// background thread's own.
/// </summary>
public sealed class CheckpointReserve
{
    /// <summary>The file. Holds nothing that anybody reads.</summary>
    public const string FileName = "reserve.bin";

    private readonly IFileSystem _files;
    private readonly string _directory;
    private readonly long _bytes;
    private readonly string _path;
    private bool _isHeld;

    /// <param name="files">The door.</param>
    /// <param name="directory">The data directory.</param>
    /// <param name="bytes">What one step writes at most, values larger than its buffer aside.</param>
    public CheckpointReserve(IFileSystem files, string directory, long bytes)
    {
        _files = files;
        _directory = directory;
        _bytes = bytes;
        _path = Path.Combine(directory, FileName);
    }

    public bool IsHeld => _isHeld;

    /// <summary>Claims the room unless it is held. False: there is none, or it cannot be claimed now.</summary>
    public bool TryClaim(CancellationToken cancel)
    {
        if (_isHeld)
        {
            return true;
        }

        try
        {
            bool exists = _files.FileExists(_path);

            // As much again must be left: the reserve is not worth filling the disk.
            if (!exists && _files.FreeBytes(_directory) < 2 * _bytes)
            {
                return false;
            }

            using (IFile file = _files.Open(_path, exists ? FileOpenKind.OpenExisting : FileOpenKind.CreateNew))
            {
                // One of another size is left from other settings, or from a claim that was interrupted.
                if (file.Length != _bytes)
                {
                    ZeroWriter.Write(file, 0, _bytes, ZeroWriter.BackgroundSyncBytes, cancel);
                    file.SetLength(_bytes);
                }
            }

            _files.SyncDirectory(_directory);
            _isHeld = true;
            return true;
        }
        catch (StorageException)
        {
            // Tried again after the next checkpoint; nothing depends on it until the disk is full.
            _isHeld = true;
            Release();
            return false;
        }
    }

    /// <summary>Gives the room up. False: it was not held.</summary>
    public bool Release()
    {
        if (!_isHeld)
        {
            return false;
        }

        _isHeld = false;
        try
        {
            _files.Delete(_path);
            _files.SyncDirectory(_directory);
            return true;
        }
        catch (StorageException)
        {
            return false;
        }
    }
}
