namespace RespKv.TestKit.Model;

/// <summary>A command of the model has met a key that holds something else; nothing was changed.</summary>
internal sealed class WrongTypeException : Exception;
