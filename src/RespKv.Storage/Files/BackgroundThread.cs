namespace RespKv.Storage.Files;

/// <summary>For threads whose work can wait.</summary>
public static class BackgroundThread
{
    /// <summary>
    /// A weight of 110 against the 1,024 of an ordinary thread: on a busy machine about a tenth of a core, on an idle one all of it.
    /// </summary>
    private const int Niceness = 10;

    /// <summary>Lets the calling thread stand back behind all others of the machine. There is no way back without privileges.</summary>
    /// <exception cref="StorageException">A sandbox forbids it.</exception>
    public static void LowerPriority()
    {
        // On Linux "this process" means the calling thread here.
        if (Native.SetPriority(Native.PriorityOfProcess, 0, Niceness) != 0)
        {
            throw new StorageException("setpriority", "", Native.LastError);
        }
    }
}
