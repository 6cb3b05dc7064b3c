namespace RespKv.Storage.Tables;

/// <summary>Holds back what the background writes, so that the log's syncs are not delayed by it.</summary>
public interface IWritePacer
{
    /// <summary>
    /// Called on the writing thread after each synced slice. May block it.
    /// </summary>
    /// <param name="bytes">Of the slice.</param>
    /// <exception cref="OperationCanceledException">The writing is to stop; the file is unfinished.</exception>
    void Wrote(int bytes);
}
